create table l (id serial primary key, name text unique, parent int references l (id))

insert into l (name) values ('root') returning id

insert into l (name, parent) values ('child', 1), ('grandchild', 2)

-- error 23503
insert into l (name, parent) values ('orphan', 99)

-- error 23505
insert into l (name) values ('root')

with recursive t as (select id, name, 0 as depth from l where parent is null union all select l.id, l.name, depth + 1 from l join t on l.parent = t.id) select * from t order by depth

select * from l order by id

update l set name = upper(name) returning name

delete from l where id = 3

select count(*) from l

insert into l (name) select name from companies order by id limit 2

insert into l (name) select note from local_notes where id = 1

select name from l order by id

begin

update l set name = c.name || '*' from companies c where c.id = l.id

select name from l order by id

rollback

delete from l where id in (select company_id from ads where company_id = 4)

select * from local_notes where company_id = 3 order by id

select company_id, count(*) from local_notes group by company_id order by 1

select n.company_id, count(*) from local_notes n join ads a using (company_id) group by 1 order by 1

select note from local_notes where company_id in (select id from companies where name like 'D%') order by id

create table part_local (k int, v text) partition by range (k)

create table part_local_1 partition of part_local for values from (0) to (10)

create table part_local_2 partition of part_local default

insert into part_local values (1, 'a'), (20, 'b')

select tableoid::regclass::text, * from part_local order by k

create temp table tt (a int) on commit delete rows

begin

insert into tt values (1), (2)

select count(*) from tt

commit

select count(*) from tt

select relname from pg_class where relname in ('companies', 'nation', 'local_notes') order by 1

select count(*) from pg_stat_activity where false

select typname from pg_type where typname = 'int4'

select 1

select 1 as one, 'two' as two, 3.0 as three, null::int as nothing, array[1, 2] as list

select

-- simple-only
select 1; select 2; select 'three' as t

-- simple-only
;

-- simple-only
select 1; ; select 2;

select $tag$dollar 'quoted' text$tag$ as d

select E'a\nb', U&'\0041', 'it''s', "x" from (select 1 as "x") s

/* a comment */ select 1 -- trailing

select 1 /* nested /* comment */ here */ + 1 as two

create table big (id int, t text)

insert into big select i, repeat('x', 1000) from generate_series(1, 2000) i

select count(*), sum(length(t)) from big

select * from big order by id

show server_version

show search_path

set application_name = 'corpus'

show application_name

select current_setting('application_name')

set search_path to public, pg_catalog

show search_path

reset search_path

set citus.shard_count = 8

show citus.shard_count

reset citus.shard_count

set local work_mem = '8MB'

listen corpus_channel

notify corpus_channel, 'hello'

unlisten *

discard plans

discard all
