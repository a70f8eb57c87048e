-- The repositories whose counts on GitHub differ from the tables.
select full_name
from github.repository_drift
