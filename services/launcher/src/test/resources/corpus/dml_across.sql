-- # local and reference tables are changed by what distributed tables say

create table things (k int primary key, v int, note text)

-- mesh
select create_distributed_table('things', 'k')

create table kinds (id int primary key, name text)

-- mesh
select create_reference_table('kinds')

create table picks (id int primary key, v int, note text)

insert into things select i, i % 5, 'thing ' || i from generate_series(1, 40) i

insert into kinds select i, 'kind ' || i from generate_series(0, 6) i

insert into picks select i, 0, null from generate_series(1, 60, 3) i

update picks set v = t.v, note = t.note from things t where t.k = picks.id

select * from picks order by id

update picks p set note = upper(note) where exists (select from things t where t.k = p.id and t.v > 2) returning id, note

delete from picks where id in (select k from things where v = 1) returning id

delete from picks using things t where t.k = picks.id and t.v = 4

update picks set v = (select count(*) from things t where t.v = picks.v)

select * from picks order by id

update kinds set name = name || ' used' where id in (select v from things)

select * from kinds order by id

delete from kinds where id not in (select v from things)

select * from kinds order by id

begin

insert into things values (100, 9, 'new')

insert into picks select k, v, note from things where v = 9

update picks set note = 'seen' from things t where t.k = picks.id and t.v = 9 returning picks.id

rollback

select count(*) from picks where note = 'seen'

-- # statements alike: the second one is not looked at again before it runs

select count(*) from things where v = '2'

-- error 22P02
select count(*) from things where v = ''

-- # what shards cannot tell is refused

-- unsupported
delete from things where ctid = (select min(ctid) from things)

-- unsupported
update picks set note = 'x' from things t where t.ctid = picks.ctid

select k from things where k = 7 and v > 0 for update

drop table things, kinds, picks
