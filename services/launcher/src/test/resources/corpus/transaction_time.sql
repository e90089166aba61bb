create table ts (k int, d timestamptz, note text, primary key (k))

-- mesh
select create_distributed_table('ts', 'k')

create table here (a timestamptz)

-- # one time in a block: rows of several shards, the coordinator database, whatever comes between
begin

insert into ts (k, d) values (1, now())

select pg_sleep(0.01)

insert into ts (k, d) values (2, current_timestamp)

insert into here values (now())

insert into ts (k, d) values (3, now()), (4, transaction_timestamp()), (5, pg_catalog.now())

select count(*), count(distinct d), bool_and(d = now()) from ts

select d = now() as same from ts where k = 2

select count(*) from ts t join here on t.d = here.a

select k from ts where d = now() order by k

select k, d = current_timestamp as c, d > now() - interval '1 hour' as h from ts where k in (1, 3, 5) order by k

commit

select count(distinct d), bool_or(d = now()), bool_and(d < now()) from ts

begin

savepoint s

update ts set d = now() where k = 1

rollback to s

insert into here values (now())

update ts set d = now() where k = 2

update ts set d = now() where k > 2

release savepoint s

select count(*), count(distinct d), bool_and(d = now()), bool_and(d = (select max(a) from here)) from ts where k > 1

-- error 22012
select 1 / 0

rollback

begin

-- error 22012
select k / 0, now() from ts where k = 1

-- error 25P02
select now() from ts where k = 1

rollback

-- # a new transaction has a new time
begin

update ts set d = now() where k = 1

select pg_sleep(0.01)

commit

begin

select d < now() as later from ts where k = 1

commit and chain

select count(*) from ts where d >= now()

rollback

-- # by itself: several shards have one time, too
insert into ts (k, d) values (11, now()), (12, now()), (13, now()), (14, now()), (15, now()), (16, now())

select count(distinct d) from ts where k > 10

update ts set d = now()

select count(distinct d), count(*) from ts

select count(distinct now()) from ts

select count(distinct t) from (select now() as t from ts) x

select count(*) = count(*) filter (where d <= now()), min(now()) = max(current_timestamp) from ts

select now() = min(now()) as same, count(*) from ts group by now()

select date_trunc('day', now()) = date_trunc('day', d) as today, count(*) from ts group by 1

select current_date = d::date as today, count(*) from ts group by current_date = d::date

delete from ts where d = now()

delete from ts where d > current_timestamp + interval '1 day' or k = 16

-- # all its forms
select current_date = d::date, current_time = d::timetz, localtime = d::time, localtimestamp = d::timestamp from ts where k = 11

begin

update ts set d = now()

select bool_and(current_date = d::date), bool_and(current_time = d::timetz), bool_and(localtime = d::time), bool_and(localtimestamp = d::timestamp) from ts

select bool_and(current_timestamp(2) = d::timestamptz(2)), bool_and(current_time(1) = d::timetz(1)), bool_and(localtime(0) = d::time(0)), bool_and(localtimestamp(3) = d::timestamp(3)) from ts

select current_timestamp(2) = d::timestamptz(2) as c, localtime(0) = d::time(0) as t, localtimestamp ( 3 ) = d::timestamp(3) as l from ts where k = 11

set local timezone = 'Pacific/Auckland'

select bool_and(current_date = d::date), bool_and(current_time = d::timetz), bool_and(localtimestamp = d::timestamp) from ts

set local datestyle = 'SQL, DMY'

select bool_and(now() = d), bool_and(current_date = d::date) from ts

commit

-- # clocks go on
begin

select bool_and(clock_timestamp() > now()), bool_and(statement_timestamp() >= now() - interval '1 minute') from ts

commit

-- # labels and types
-- volatile
select now(), current_date, current_time, current_timestamp, localtime, localtimestamp, transaction_timestamp() from ts where k = 11

-- volatile
select now(), current_date, current_time(2), current_timestamp(3), localtime(0), localtimestamp(6), pg_catalog.now() from ts

-- volatile
select now()::date, (now()), cast(now() as date), now() at time zone 'utc', now() - d, date_trunc('hour', now()), coalesce(now(), d), now()::timestamp(0) from ts where k = 11

-- volatile
select now(), count(*), current_date, max(current_timestamp(3)) from ts

-- volatile
select now() as a, current_date b, k current_date from ts where k < 13 order by k

-- volatile
select k as current_date, now() now, k as now from ts order by 1

select now = "current_date"::timestamptz + "localtime", t, a.k from (select now()::date::timestamptz, current_date, time '00:00' as "localtime", date_trunc('day', now())::date = current_date as t, k from ts) a order by k

select x.now >= x.d, x.transaction_timestamp = x.now from (select now(), (transaction_timestamp()), d from ts where k = 11) x

with w as (select now(), current_date, k from ts where k = 11) select now::date = "current_date", k from w

select count(*) from ts where exists (select now() where d <= now())

select ts.k from ts, now() where ts.d <= now order by k

select ts.k from ts cross join current_date as t (today) where ts.d < today + 1 order by k

select "now()" from (select k as "now()" from ts where k = 12) x

select d is distinct from current_timestamp as differs from ts where k = 12

select k, 'now()' as s, $$current_date$$ as t /* now() */ from ts where k = 12 -- current_date

select k from ts where k between 11 and 12 and current_date between d::date and current_date order by k

select case when d < now() then current_date else localtimestamp::date end = current_date from ts where k = 12

select k, row_number() over (partition by k order by now()) from ts where k = 12

select distinct now() = current_timestamp from ts order by now() = current_timestamp

select k from ts order by extract(epoch from now() - d), k limit 2

-- # changes
insert into ts values (21, now(), 'new') on conflict (k) do update set d = now(), note = 'old' returning k, d = now(), note

insert into ts values (21, now(), 'new') on conflict (k) do update set d = now(), note = 'old' returning k, d = now(), note

begin

insert into ts values (21, now(), 'new'), (22, now(), 'new'), (23, null, null) on conflict (k) do update set d = now(), note = 'old'

insert into ts (k, d, note) select k + 10, now(), 'copied' from ts where k > 20

insert into ts (k, d) select k + 20, max(now()) from ts where k > 20 group by k

select k, d = now(), note from ts where k > 20 order by k

insert into ts (k, d) values (24 + length('abc'), current_date) returning k, d = current_date, now() > d

insert into ts (k, d) select k, current_timestamp from ts where k = 27 on conflict (k) do update set d = now() returning d = now()

update ts set d = localtimestamp, note = current_date::text where k > 20

select count(*) from ts where d = now() and note = current_date::text

update ts set note = 'returned' where d = now() returning k, d = now(), current_date = d::date

delete from ts where d = now() and k = 21 returning k, now() = d

delete from ts where d = now() returning k, now() = d

commit

create table ts_log (k int, at timestamptz, primary key (k))

-- mesh
select create_distributed_table('ts_log', 'k')

begin

insert into ts_log (k, at) select k, now() from ts

select count(*) > 3, count(distinct at), bool_and(at = now()) from ts_log

update ts set d = now() from ts_log l where l.k = ts.k and l.at = now()

select bool_and(ts.d = l.at) from ts join ts_log l on ts.k = l.k

commit

-- # parameters
-- params 31
-- params 32
insert into ts (k, d, note) values ($1, now(), 'p')

-- params 31, p
-- params 32, q
select k, d <= now(), note = $2 from ts where k = $1

-- params 30
select count(*), bool_and(d <= now()) from ts where k > $1

-- params 1, 31
-- params 2, 32
update ts set d = now() - $1 * interval '1 hour' where k = $2

begin

-- params 31
-- params 32
update ts set d = now() where k = $1

-- params p
select count(*), bool_and(d = now()) from ts where note = $1

-- params 0
-- params 1
select k, sum($1::int), d = now() as same from ts where k > 30 group by k, d = now() order by k

-- params 33, q
-- params 33, r
insert into ts values ($1, current_timestamp, $2) on conflict (k) do update set d = now(), note = $2 returning d = now(), note

-- params 33
delete from ts where k = $1 and d = now() returning now() = d

commit

-- # constants in texts, which share a plan
select k, d <= now(), 7 from ts where k = 31

select k, d <= now(), 8 from ts where k = 32

begin

update ts set d = now(), note = 'c1' where k = 31

update ts set d = now(), note = 'c2' where k = 32

select k, note, d = now(), 'x' from ts where k = 31

select k, note, d = now(), 'y' from ts where k = 32

commit

-- fetch 2
select k, d <= now() from ts order by k

begin

update ts set d = now()

-- fetch 2
select k, d = now() as same from ts order by k

-- fetch 2
select d = now() as same from ts

commit

-- simple-only
update ts set d = now() where k = 31; select pg_sleep(0.01); update ts set d = now() where k = 32; select count(*) from ts where d = now()

-- # errors
-- error 42883
select now() + 1 from ts where k = 31

-- error 42883
select now() + d from ts

-- error 22007
select d > 'x' and now() > d from ts where k = 31

-- error 22012
select now(), 1 / (k - k) from ts where k = 31

-- error 22012
select now(), sum(1 / (k - k)) from ts

begin read only

select bool_and(d <= now()) from ts

select d <= now() from ts where k = 31

-- error 25006
update ts set d = now() where k = 31

rollback

begin isolation level repeatable read

select bool_and(d <= now()) from ts

update ts set d = now() where k = 31

select d = now() from ts where k = 31

commit

-- # column defaults
create table made (k int primary key, at timestamptz default now(), day date not null default current_date, note text default 'none', later timestamp default now() + interval '1 hour', at2 text default to_char(now(), 'YYYY-MM-DD HH24:MI:SS.US'))

-- mesh
select create_distributed_table('made', 'k')

insert into made (k) values (1) returning at = now(), day = current_date, note, later = now() + interval '1 hour'

insert into made (k) values (2), (3), (4), (5), (6), (7), (8)

select count(distinct at), count(distinct later), bool_and(to_char(at, 'YYYY-MM-DD HH24:MI:SS.US') = at2) from made where k > 1

begin

insert into made (k) values (11)

select pg_sleep(0.01)

insert into made (k) values (12)

insert into made values (13)

insert into made values (14, default, '2000-01-01', default, '2001-01-01'), (15, '2000-01-01', default, 'given', default)

insert into made (note, k) values (default, 16), ('x', 17)

insert into made (k) values (10 + length('abcdefgh'))

insert into made (k) select k + 100 from ts

insert into made (k, note) select k + 60, current_date from ts where now() >= d and k < 13

insert into made (k) select k + 80 from ts where k < 13

insert into made (k, note) select k + 40, note || ' copied' from made where k = 12

insert into made (k, note) select k, count(*) from ts where k > 20 group by k

insert into made as m (k) values (12) on conflict (k) do update set at = default, note = m.note || excluded.note, (later, day) = (default, '2001-02-03')

update made set at = default, note = 'changed' where k = 1

update made set (at, note) = (default, default), day = default where k = 2

update made set at = default where k < 9 and k > 2

insert into made (k) values (19) returning k, at = now(), day = current_date, later - at = interval '1 hour'

select k, at = now(), day = current_date, note, later = now() + interval '1 hour', to_char(now(), 'YYYY-MM-DD HH24:MI:SS.US') = at2 from made where k < 100 order by k

select count(*) = count(*) filter (where at = now()) from made where k > 100

commit

select bool_and(at < now()) from made where k <> 15

-- params 201
-- params 202
insert into made (k) values ($1) returning at = now()

-- params 203, 204
insert into made (k) values ($1), ($2) returning at = now()

begin

-- params 211
-- params 212
insert into made (k) values ($1)

-- params x
select count(*), count(distinct at), bool_and(at = now()), bool_and(note <> $1) from made where k > 210

insert into made (k, note) values (213, 'a') returning at = now()

insert into made (k, note) values (214, 'b') returning at = now()

select count(*), count(distinct at) from made where k > 210

commit

-- mesh
explain insert into made (k) values (301)

create table made_key (at timestamptz default now(), n int generated by default as identity, k int default 7)

-- mesh
select create_distributed_table('made_key', 'k')

begin

insert into made_key default values

insert into made_key (k) values (1), (2), (3)

insert into made_key (n) values (10), (11)

insert into made_key (n, k) select k, k from ts where k < 13

select count(*) > 5, count(distinct at), bool_and(at = now()) from made_key

commit

-- # COPY
begin

insert into made (k) values (400)

copy made (k, note) from stdin
\data
401	a
402	\N
403	c
404	d

select pg_sleep(0.01)

copy made (k, day) from stdin (format csv, header)
\data
k,day
405,2000-01-01
406,2001-01-01

copy made (k) from stdin (format csv) where at > '2001-01-01' and k > 407
\data
407
408

set local datestyle = 'SQL, DMY'

copy made (k) from stdin
\data
409
410

select k, at = now(), note, day = current_date, later - at = interval '1 hour' as hour, to_char(at, 'YYYY-MM-DD HH24:MI:SS.US') = at2 as text from made where k >= 400 order by k

copy made_key (k) from stdin
\data
401
402
403

select count(distinct n), count(distinct at), bool_and(at = now()) from made_key where k > 400

rollback

copy made (k) from stdin
\data
421
422
423
424
425

select count(*), count(distinct at), bool_and(at < now()) from made where k > 420

-- # EXPLAIN has the parameter in its texts
-- mesh
explain select now() from ts where k = 31

-- mesh
explain select now(), count(*) from ts

-- mesh
explain (analyze) update ts set d = now() where k = 31

-- mesh
explain insert into ts values (91, now()), (92 + 1, now()) on conflict (k) do update set d = now()

begin

-- mesh
explain (analyze, format json) select k from ts where d < now()

-- mesh
-- extended-only
-- params 31
explain (verbose) delete from ts where k = $1 and d < now()

-- mesh
explain (analyze) insert into ts values (93, now()) returning current_date

rollback

-- # the statement's time: by itself that of its transaction
-- simple-only
select now() = statement_timestamp(), statement_timestamp() <= clock_timestamp()

-- simple-only
select now() = statement_timestamp(), statement_timestamp() <= clock_timestamp() from here

-- simple-only
select distinct now() = statement_timestamp() from ts

-- simple-only
select count(*), count(distinct statement_timestamp()), bool_and(now() = statement_timestamp()), bool_and(statement_timestamp() <= clock_timestamp()) from ts

-- simple-only
select now() = statement_timestamp(), statement_timestamp() <= clock_timestamp() from ts where k = 31

-- simple-only
select bool_and(now() = statement_timestamp()) from ts, here where d < statement_timestamp()

-- simple-only
update ts set note = (now() = statement_timestamp())::text returning k, note

-- simple-only
update ts set note = (now() = statement_timestamp())::text where k = 31 returning note

-- simple-only
insert into here values (statement_timestamp()) returning a = now(), a = statement_timestamp()

-- simple-only
insert into ts (k, d, note) values (501, statement_timestamp(), (now() = statement_timestamp())::text), (502, now(), (statement_timestamp() = now())::text), (503 + length(''), statement_timestamp(), 'x') returning k, d = now(), d = statement_timestamp(), note

-- simple-only
insert into ts (k, d, note) select k + 100, statement_timestamp(), (now() = statement_timestamp())::text from ts where k > 500 returning k, d = now(), note

create table stamped (k int primary key, at timestamptz default statement_timestamp())

-- mesh
select create_distributed_table('stamped', 'k')

-- simple-only
insert into stamped values (1), (2), (3), (4) returning k, at = now(), at = statement_timestamp()

-- simple-only
insert into stamped (k) select k + 10 from stamped returning k, at = now()

-- volatile
select statement_timestamp(), pg_catalog.statement_timestamp() from ts where k = 31

-- volatile
select statement_timestamp(), pg_catalog.statement_timestamp() from here limit 1

-- volatile
select statement_timestamp() s, count(*), max(statement_timestamp()) from ts

create view stamps as select k, statement_timestamp() at from ts

select pg_get_viewdef('stamps'::regclass)

-- # in a block it is later, and one for all rows
begin

select count(*) > 5, count(distinct statement_timestamp()), bool_and(now() < statement_timestamp()), bool_and(statement_timestamp() <= clock_timestamp()) from ts

select now() < statement_timestamp(), statement_timestamp() <= clock_timestamp() from ts where k = 31

update ts set d = statement_timestamp()

select pg_sleep(0.01)

select count(distinct d), bool_and(d < statement_timestamp()), bool_and(d > now()) from ts

insert into ts (k, d) values (701, statement_timestamp()), (702, statement_timestamp()), (703, statement_timestamp()) returning d = statement_timestamp()

insert into stamped (k) values (701), (702), (703), (704)

select count(distinct at), bool_and(at > now()) from stamped where k > 700

-- params 31
-- params 501
select now() < statement_timestamp(), statement_timestamp() <= clock_timestamp() from ts where k = $1

rollback
