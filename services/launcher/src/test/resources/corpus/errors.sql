create table e (k int primary key, v text not null, w int, constraint e_w_positive check (w > 0), constraint e_v_k unique (k, v))

-- mesh
select create_distributed_table('e', 'k')

insert into e values (1, 'one', 1), (2, 'two', 2)

-- error 42601
selec * from e

-- error 42601
select * from e where

-- error 42601
select * form e

-- error 42601
select 'unterminated

-- error 42601
insert into e (k, v) values (1, 'a'

-- error 42P01
select * from nosuch

-- error 42P01
select nosuch.k from e

-- error 42703
select nosuch from e

-- error 42703
select k from e where nosuch = 1

-- error 42703
select k from e order by nosuch

-- error 42702
select k from e a join e b on a.k = b.k

-- error 42883
select nosuch(k) from e

-- error 42883
select k + true from e

-- error 42883
select count(*) from e where k = 'a'::text

-- error 42803
select k, count(*) from e

-- error 42803
select v from e where count(*) > 1

-- error 42803
select a.v, sum(w) from (table e) a group by k

-- error 22P02
select * from e where k = 'abc'

-- error 22012
select 1 / (k - 1) from e where k = 1

-- error 22012
select w / 0 from e

-- error 22012
select sum(w) / 0 from e

-- error 22003
select * from e where k = 1 and w * 2147483647 > 0 and w + 2147483647 > 5

-- error 23505
insert into e values (1, 'dup', 1)

-- error 23514
insert into e values (3, 'three', 0)

-- error 23514
update e set w = -1 where k = 1

-- # which row fails first depends on the order of the shards
-- error 23514
-- state-only
update e set w = -1

-- error 23502
insert into e (k) values (4)

-- error 23502
update e set v = null where k = 2

-- error 42P01
update nosuch set a = 1

-- error 42P01
delete from nosuch

-- error 42P01
insert into nosuch values (1)

-- error 42P01
drop table nosuch

drop table if exists nosuch

-- error 42P07
create table e (k int)

create table if not exists e (k int)


-- error 42601
select 1 from e limit

-- error 2201W
select k from e order by k limit -1

-- error 21000
select k from e where k = (select k from e)

-- error 21000
select (select v from e)

-- error 42804
select k from e where 1

-- error 42804
select case when k = 1 then 1 else array[1] end from e

-- error 42601
select k from e union select k, v from e

-- error 42804
select k from e union select '{}'::int[] from e

-- error 42P10
select distinct k from e order by v

-- error 42P20
select k from e where row_number() over () = 1

-- error 0A000
select count(*) from e for update

-- error 22008
select '2020-13-45'::date from e

-- error 22007
select 'not a date'::date

-- error 42704
select 'x'::nosuchtype from e

-- error 3F000
create table nosuchschema.t (k int)

-- error 42P01
select * from nosuchschema.t

-- error 42703
update e set nosuch = 1 where k = 1

-- error 42P10
insert into e values (1, 'x', 1) on conflict (w) do nothing

-- error 42701
insert into e (k, v, k) values (1, 'x', 2)

select * from e order by k

-- error 22023
set timezone = 'Nowhere/Land'

-- error 42704
set nosuchsetting = 1

-- error 42704
show nosuchsetting

-- error 22023
set work_mem = 'lots'

-- error 26000
execute nosuchstatement

-- error 26000
deallocate nosuchstatement

-- error 34000
fetch 1 from nosuchcursor

-- error P0001
do $$ begin raise exception 'own error %', 5 using detail = 'the detail', hint = 'the hint', errcode = 'P0001'; end $$

do $$ begin raise notice 'a notice'; raise warning 'a warning'; end $$

-- error 57014
-- simple-only
set statement_timeout = '50ms'; select pg_sleep(5)

reset statement_timeout
