-- # TABLESAMPLE and tableoid: what a row's own table says of it

create table points (k int primary key, v int, note text)

-- mesh
select create_distributed_table('points', 'k')

create table others (k int, v int)

-- mesh
select create_distributed_table('others', 'v', colocate_with => 'none')

create table kinds (id int primary key, name text)

-- mesh
select create_reference_table('kinds')

create table marks (k int primary key)

insert into points select i, i % 7, 'point ' || i from generate_series(1, 200) i

insert into others select i, i % 50 from generate_series(1, 200) i

insert into kinds select i, 'kind ' || i from generate_series(0, 6) i

insert into marks select generate_series(1, 10)

select count(*) from points tablesample bernoulli (0)

select count(*) from points tablesample system (100)

select count(*), sum(k) from points p tablesample bernoulli (100) repeatable (7) where v = 3

select k from points as p tablesample bernoulli (100) where k = 5

select count(*) from points tablesample bernoulli (100) join marks using (k)

select count(*) from points p tablesample bernoulli (0) join marks m on m.k = p.k

select count(*) from marks m left join points p tablesample bernoulli (0) on m.k = p.k

select count(*) from points p tablesample system (100) repeatable (3) join others o on o.k = p.k

select count(*) from only points p (a, b, c) tablesample bernoulli (100) join marks on k = a where c like 'point%'

select count(*) from points join kinds tablesample bernoulli (0) on id = v

select count(*) from points join kinds k tablesample bernoulli (100) on k.id = v

select (select count(*) from points tablesample bernoulli (0)), count(*) from marks

with s as (select * from points tablesample bernoulli (100) repeatable (1)) select count(*) from s join s as t using (k)

-- params 0
-- params 100
select count(*) from points tablesample bernoulli ($1) join marks using (k)

select count(*) between 30 and 170 from points tablesample bernoulli (50)

select count(*) between 30 and 170 from points p tablesample bernoulli (50) join others o on o.k = p.k

select count(*) between 5 and 195 from points p tablesample system (50) repeatable (42) join others o on o.k = p.k

select (select array_agg(k order by k) from points tablesample bernoulli (30) repeatable (5)) = (select array_agg(k order by k) from points tablesample bernoulli (30) repeatable (5))

-- error 2202H
select count(*) from points tablesample bernoulli (101)

-- error 2202H
select count(*) from points tablesample bernoulli (-1) join marks using (k)

-- error 42704
select count(*) from points tablesample nothing (1)

select tableoid::regclass::text, count(*) from points group by tableoid

select tableoid::regclass::text, count(*) from points group by 1

select distinct tableoid::regclass::text from points order by 1

select k, tableoid = 'points'::regclass as own, cast(cast(tableoid as regclass) as text), (tableoid)::regclass::text as named from points where k < 4 order by k

select k, p.tableoid::regclass::text from points p where k = 3

select p.tableoid::regclass::text, o.tableoid::regclass::text, count(*) from points p join others o on o.k = p.k where o.v = 3 group by 1, 2

select m.k, p.tableoid::regclass::text, m.tableoid::regclass::text as m from marks m left join points p on p.k = m.k + 195 order by 1

select k, (select tableoid::regclass::text from marks where marks.k = points.k) from points where k < 3 order by k

select k, (select points.tableoid::regclass::text from marks where marks.k = points.k) from points where k in (2, 50) order by k

select tableoid::regclass::text, k from (select k, tableoid from points where v = 1) s order by k limit 2

select tableoid::regclass::text, k from points union all select tableoid::regclass::text, k from marks order by 2, 1 limit 5

select k from points where tableoid = 'points'::regclass and v = 1 order by k limit 3

select count(*) from points where tableoid <> 'points'::regclass

select public.points.tableoid::regclass::text from points where k = 1

select k from points order by tableoid, k limit 3

select max(tableoid::int8) = 'points'::regclass::int8 from points

-- error 42702
select tableoid from points, others where points.k = others.k

select tableoid::regclass::text from kinds where id = 1

copy (select tableoid::regclass::text, k from points where k < 3 order by k) to stdout

begin

declare c cursor for select tableoid::regclass::text, k from points order by k

fetch 2 from c

rollback

select tableoid::regclass::text, k from points tablesample bernoulli (100) repeatable (4) where k = 9

select p.tableoid::regclass::text, m.k from marks m left join points p tablesample bernoulli (0) on m.k = p.k order by 2 limit 2

create view sampled as select k, v from points tablesample bernoulli (0)

create view all_sampled (key, value) as select k, v from points p tablesample system (100) repeatable (2)

create or replace view owners as select k, tableoid, tableoid::regclass::text as owner, (points.tableoid) > 0 as positive from only points where v = 2

create view outer_owners as select m.k, p.tableoid::regclass, m.tableoid::regclass::text as m from marks m left join points p on p.k = m.k + 195

create materialized view kept_owners as select tableoid::regclass::text as owner, count(*) from points tablesample bernoulli (100) group by 1 with no data

refresh materialized view kept_owners

select count(*), (select count(*) from all_sampled), (select max(note) from points tablesample bernoulli (100)) from sampled

select * from all_sampled where key < 4 order by key

select tableoid::regclass::text, owner, positive, k from owners order by k limit 3

select o.tableoid = p.tableoid, o.k from owners o join points p using (k) order by 2 limit 3

select k, tableoid::text, m from outer_owners order by k

select * from kept_owners

-- error 42701
create table copied as select tableoid, k from points

create table copied as select tableoid as owner, k from points tablesample bernoulli (100) where v = 1

select owner::regclass::text, count(*), sum(k) from copied group by 1

-- error 55000
-- state-only
insert into sampled values (1, 2)

alter table points drop column note

-- error 2BP01
-- state-only
drop table points

drop view sampled, all_sampled, owners, outer_owners

drop materialized view kept_owners

drop table copied

alter table points add column note text

create table kept as select k, v from only points where k < 100

select count(*), sum(k), sum(v) from kept

insert into kept select k, v from only points where k >= 100

select count(*), sum(k), sum(v) from kept

drop table kept

create temporary table kept_here as table only points

select count(*), sum(k), sum(v) from kept_here

drop table kept_here

create view kept_later as select k, v from only points

select count(*), sum(k), sum(v) from kept_later

drop view kept_later

select k, v into kept from only points

select count(*), sum(k), sum(v) from kept

drop table kept

with p as (select k, v from only points p where k < 9) select p.k, v into temp kept_here from p join marks on marks.k = p.k

select * from kept_here order by k

drop table kept_here

select k, tableoid as owner into kept_owners from points

select owner::regclass::text, count(*), sum(k) from kept_owners group by 1

drop table kept_owners

select k into temporary table kept_some from points tablesample bernoulli (100)

select count(*), sum(k) from kept_some

drop table kept_some

select k into temp kept_first from points order by k limit 3 for update nowait

select * from kept_first order by k

drop table kept_first

with p as (select k, tableoid as owner from points) select * into kept_owners_too from p

select owner::regclass::text, count(*), sum(k) from kept_owners_too group by 1

drop table kept_owners_too

select tableoid::regclass::text, count(*), sum(k) from only (points) group by 1

select p.tableoid::regclass::text, count(*) from only (points) as p tablesample bernoulli (100) join marks using (k) group by 1

select string_agg(note, ',' order by k) from only (points) where k < 5 and tableoid = 'points'::regclass

select k, tableoid = 'points'::regclass from only (points) where k = 7

create table told (k int, owner oid default 7, here oid)

insert into told (k, owner) select k, tableoid from points where k < 5 returning k, owner = 'points'::regclass, tableoid = 'told'::regclass

with w as (select p.k, p.tableoid as owner from points p tablesample bernoulli (100) where k between 5 and 7) insert into told select w.k, owner, m.tableoid from w join marks m using (k) where m.tableoid > 0 on conflict do nothing returning k, owner = 'points'::regclass, here = 'marks'::regclass

update told set here = (select distinct tableoid from points) where k < 3 and told.tableoid = 'told'::regclass returning k, here = 'points'::regclass

delete from told where owner in (select tableoid from only points tablesample system (100)) and k = 4 returning k

insert into kinds select k, tableoid::regclass::text from points where k > 198

delete from kinds k where (id, name) in (select p.k, p.tableoid::regclass::text from points p) returning id, name, tableoid = 'kinds'::regclass

select k, owner::regclass::text, here::regclass::text from told order by k

-- unsupported
update told set owner = points.tableoid from points where points.k = told.k

drop table told

create function lone() returns bigint language sql as 'select count(*) /* ''ONLY points'' */ from ONLY points'

create function lone_in_brackets() returns bigint language plpgsql as $$ begin return (select sum(k) from only (public.points) where v = 3); end $$

create function lone_at_once() returns bigint language sql begin atomic select count(*) from only points; end

create procedure lone_to_marks() language sql as $$ insert into marks select k from only points where k > 195 $$

select lone(), lone_in_brackets(), lone_at_once(), count(*) from only (points)

call lone_to_marks()

do $$ begin raise notice '% are in ONLY points', (select count(*) from only "points"); end $$

delete from marks where k > 195

drop function lone, lone_in_brackets, lone_at_once

drop procedure lone_to_marks

create or replace function sampled_at_once() returns bigint language sql begin atomic select count(*) from points tablesample bernoulli (0); end

create or replace function owned_at_once() returns text language sql return (select string_agg(distinct tableoid::regclass::text, ',') from only (points) where k < 9)

create function owners_of_some() returns table (owner text, n bigint, total bigint) language sql as 'select tableoid::regclass::text, count(*), sum(k) from points group by tableoid; -- ''all'''

create function owners_of_both() returns setof text language plpgsql as $$
declare
  r record;
  first oid;
  n bigint;
  few cursor for select p.tableoid, m.tableoid as other, p.k from points p join marks m on m.k = p.k order by p.k limit 2;
begin
  select p.tableoid, count(*) into strict first, n from points p where p.tableoid = 'points'::regclass group by p.tableoid;
  return next first::regclass::text || n;
  for r in select tableoid, k from points where k < 3 order by tableoid, k loop
    return next r.tableoid::regclass || ' ' || r.k;
  end loop;
  for r in few loop
    return next r.tableoid::regclass || ' ' || r.other::regclass || ' ' || r.k;
  end loop;
  if exists (select from points tablesample system (0)) or not exists (select from points where tableoid = first) then
    return next 'wrong';
  end if;
  perform tableoid from points;
  return next found::text;
  return query select s.tableoid::regclass::text || s.n from (select tableoid, count(*) as n from points tablesample bernoulli (100) group by 1) s;
end $$

select sampled_at_once(), owned_at_once()

select * from owners_of_some()

select * from owners_of_both()

drop function sampled_at_once, owned_at_once, owners_of_some, owners_of_both

create procedure owners_to_marks() language sql as $$ insert into marks select k + 1000 from points where tableoid = 'points'::regclass and k > 195 $$

call owners_to_marks()

select k from marks where k > 1000 order by k

delete from marks where k > 1000

drop procedure owners_to_marks

-- unsupported
do $$ begin update points set v = 1 where tableoid = 'points'::regclass; end $$

-- unsupported
do $$ begin execute 'select tableoid from points'; end $$

-- unsupported
do $$ begin execute 'select count(*) from only points'; end $$

do $$ begin raise notice 'no tableoid % of points', 1; end $$

create or replace function count_sampled() returns bigint language sql as 'select count(*) from points tablesample bernoulli (0)'

select count_sampled()

drop function count_sampled

do $$ begin perform tableoid from public.points; raise notice 'is from points: %', (select bool_and(tableoid = 'points'::regclass) from public.points); end $$

create or replace function pointless() returns bigint language sql as 'select count(*) from points'

-- # the table goes and comes back: what reads it stays

create table movers (k int primary key)

-- mesh
select create_distributed_table('movers', 'k')

insert into movers select generate_series(1, 20)

create view owned as select k, p.tableoid, tableoid::regclass::text as owner from movers p where tableoid is not null

create function owner_of(int) returns text language sql as 'select tableoid::regclass::text from movers where k = $1'

-- mesh
select undistribute_table('movers')

select owner, count(*), bool_and(tableoid = 'movers'::regclass), owner_of(3) from owned group by 1

-- mesh
select create_distributed_table('movers', 'k')

select owner, count(*), bool_and(tableoid = 'movers'::regclass), owner_of(3) from owned group by 1

drop view owned

drop function owner_of

drop table movers
