select
    centre as batch_id, 'body_weight' as trait_id, centre, date '2020-01-06' + 28 * period::integer as period_start,
    10 as control_count, 0.2 as standard_error, if(period = 5 and centre = 'TCP', 0.9, 0.1) as drift
from (values ('HMGU'), ('ICS'), ('TCP')) as centres(centre), range(8) as periods(period)
