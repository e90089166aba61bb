create table f (k int primary key, v int)

-- mesh
select create_distributed_table('f', 'k')

insert into f select i, i * i from generate_series(1, 10) i

create function add_one(x int) returns int language sql immutable as 'select x + 1'

select add_one(v) from f where k = 3

select sum(add_one(v)) from f

select k from f where v = add_one(8)

create function count_f() returns bigint language plpgsql as $$ begin return (select count(*) from f); end $$

select count_f()

create function put(a int, b int) returns void language plpgsql as $$ begin insert into f values (a, b); end $$

select put(11, 121)

select v from f where k = 11

create function bump(a int) returns int language plpgsql as $$ declare r int; begin update f set v = v + 1 where k = a returning v into r; return r; end $$

select bump(11)

select v from f where k = 11

create function loop_f() returns int language plpgsql as $$ declare row record; s int := 0; begin for row in select * from f order by k loop s := s + row.v; end loop; return s; end $$

select loop_f()

begin

insert into f values (12, 144)

select count_f()

select loop_f()

rollback

select count_f()

do $$ begin delete from f where k = 11; end $$

select count(*) from f

-- # postgres_fdw does not pass on the names of table and constraint
-- error 23505
-- state-only
do $$ begin insert into f values (1, 1); end $$

do $$ begin begin insert into f values (1, 1); exception when unique_violation then raise notice 'caught %', sqlerrm; end; end $$

create procedure clear_f(a int) language plpgsql as $$ begin delete from f where k >= a; end $$

call clear_f(9)

select max(k) from f

create function rows_f(n int) returns table (key int, value int) language sql as 'select k, v from f where k <= n order by k'

select * from rows_f(3)

select r.key, c.name from rows_f(3) r join companies c on c.id = r.key order by 1

create table log (what text)

create function note() returns trigger language plpgsql as $$ begin insert into log values (tg_op || ' ' || new.id); return new; end $$

create table lt (id int primary key)

create trigger lt_note after insert on lt for each row execute function note()

insert into lt values (1), (2)

select * from log order by 1

drop table lt

drop function note, add_one(int), count_f, put, bump, loop_f, rows_f

drop procedure clear_f

select count(*) from generate_series(1, 10)

select pg_typeof(sum(v)), pg_typeof(avg(v)), pg_typeof(count(*)) from f

select current_user, session_user

select current_schema(), current_setting('server_encoding')

-- volatile
select now(), random(), clock_timestamp()

-- volatile
select k, random() as r, now() as n from f order by k

select count(*) from f where now() > '2020-01-01'

select now() = (select now()), transaction_timestamp() = now() from f where k = 1

insert into f values (50, length(current_user)) returning v

select nullif(k, 1), coalesce(null, v) from f where k < 3 order by k

select format('%s-%s', k, v) from f where k = 2

select generate_series(1, k) from f where k = 3 order by 1

select k, unnest(array[v, -v]) as u from f where k < 3 order by 1, 2

select width_bucket(v, 0, 100, 5), count(*) from f group by 1 order by 1

select corr(k, v)::numeric(6,4), regr_slope(v, k)::numeric(8,4) from f where k <= 8
