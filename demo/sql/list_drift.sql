-- The repositories of which GitHub counted other numbers than the tables hold.
select full_name
from github.repository_drift
