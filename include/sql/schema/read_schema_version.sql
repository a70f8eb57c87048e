select max(version_num) as version
from github.schema_version
