-- # settings made by set_config() hold on all servers

create table tp (k int primary key, ts timestamptz default now(), v text)

-- mesh
select create_distributed_table('tp', 'k')

insert into tp select i, '2024-01-01 00:00+00', 'x' from generate_series(1, 5) i

select set_config('TimeZone', 'Asia/Tokyo', false)

select k, ts from tp where k = 1

select count(*) from tp where ts < '2024-01-01 08:00'

select extract(hour from ts) from tp where k = 2

update tp set v = 'late' where ts::date = '2024-01-01' and extract(hour from ts) = 9

insert into tp values (6, '2024-01-01 00:00', 'z') returning ts at time zone 'UTC'

reset timezone

select ts from tp where k = 1

-- params 'UTC', 'f'
-- params 'Europe/Berlin', 'false'
select set_config('timezone', $1, $2::bool)

select ts from tp where k = 1

select set_config('timezone', null, false) is null

select ts = '2024-01-01 00:00+00' from tp where k = 1

select set_config('my.var', '9', false)

update tp set v = current_setting('my.var', true) where k = 2 returning v

select set_config('app.y', '1', false), set_config('app.z', 'it''s', false)

update tp set v = current_setting('app.y') || current_setting('app.z') where k = 2 returning v

select v, current_setting('app.z') from tp where k = 2

begin

select set_config('app.z', '2', true), set_config('app.y', '3', false)

select current_setting('app.z'), current_setting('app.y') from tp where k = 2

savepoint s

select set_config('app.z', '4', true), set_config('app.y', '5', false)

select current_setting('app.z'), current_setting('app.y') from tp where k = 2

rollback to s

select current_setting('app.z'), current_setting('app.y') from tp where k = 2

select current_setting('app.z'), current_setting('app.y'), count(*) from tp where k in (1, 2, 3) group by 1, 2

commit

select current_setting('app.z'), current_setting('app.y') from tp where k = 2

begin

select set_config('app.y', '6', false)

select current_setting('app.y') from tp where k = 2

rollback

select current_setting('app.z'), current_setting('app.y') from tp where k = 2

select set_config('app.y', '7', true)

select current_setting('app.y') from tp where k = 2

-- error 22012
select set_config('app.y', '8', false), 1 / 0

select current_setting('app.y') from tp where k = 2

-- error 22012
-- simple-only
select set_config('app.y', '9', false); select current_setting('app.y') from tp where k = 2; select 1 / 0

select current_setting('app.y') from tp where k = 2

select set_config('datestyle', 'SQL, DMY', false)

select '05/06/2024'::date from tp where k = 1

reset datestyle

select '2024-06-05'::date from tp where k = 1

-- # set_config in other places

select pg_catalog.set_config('app.y', 'q' || 1, false) where true

select current_setting('app.y') from tp where k = 2

select case when set_config('app.y', 'c', false) = 'c' then 1 end

select current_setting('app.y') from tp where k = 2

select (select set_config('app.y', 'd', false)), x from generate_series(1, 2) x

select current_setting('app.y') from tp where k = 2

with c as materialized (select set_config('app.y', 'e', false) as v) select v from c

select current_setting('app.y') from tp where k = 2

select set_config('app.y', v, false) from tp where k = 6

select current_setting('app.y') from tp where k = 2

-- volatile
select set_config('app.y', 'timed', false), statement_timestamp()

select current_setting('app.y') from tp where k = 2

-- error 22004
select set_config(null, 'x', false)

-- error 22023
select set_config('timezone', 'nowhere', false)

-- unsupported
select set_config(n, 'x', false) from (values ('app.y')) as names(n)

select set_config('default_transaction_read_only', 'on', false)

-- error 25006
insert into tp values (500)

select set_config('default_transaction_read_only', 'off', false)

insert into tp values (500)

select set_config('role', 'pg_read_all_data', false)

-- error 42501
-- state-only
insert into tp values (501)

select current_user from tp where k = 1

select set_config('role', 'none', false)

select current_user from tp where k = 1

begin

select set_config('role', 'pg_read_all_data', true)

select current_user from tp where k = 1

commit

select current_user from tp where k = 1

discard all

select current_setting('app.y', true) is null or current_setting('app.y', true) = '' from tp where k = 2
