-- Whoever holds the repository's lock knows that every other running attempt at it is dead.
update github.sync_attempts
set
    status = 'killed',
    finished_at = now(),
    error_class = 'TaskKilled',
    error_message = 'The task was killed while it worked; the next attempt went on from its last stored page.'
where repository_id = %(repository_id)s and status = 'running'
