-- We hold the repository's lock, so that every other running attempt at it is dead.
update github.sync_attempts
set
    status = 'killed',
    finished_at = now(),
    error_class = 'TaskKilled',
    error_message = 'The task was killed; the next attempt resumed after its last stored page.'
where repository_id = %(repository_id)s and status = 'running'
