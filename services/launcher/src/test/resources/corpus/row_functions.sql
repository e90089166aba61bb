-- # functions of a table's row, called as if they were columns

create table points (k int primary key, v int)

-- mesh
select create_distributed_table('points', 'k')

create table kinds (id int primary key, name text)

-- mesh
select create_reference_table('kinds')

insert into points select i, i % 7 from generate_series(1, 50) i

insert into kinds select i, 'kind ' || i from generate_series(0, 6) i

create function twice(points) returns int language sql immutable as 'select $1.v * 2'

create function label(p points) returns text language plpgsql stable as $$ begin return p.k || ' has ' || (select name from kinds where id = p.v); end $$

create function shout(kinds) returns text language sql immutable as 'select upper($1.name)'

create function "Odd One"(points) returns boolean language sql immutable as 'select $1.k % 2 = 1'

select points.twice from points where k = 3

select p.k, p.twice, p.twice + 1 as more from points p order by p.k limit 3

select twice(p), twice(p.*), (p).twice, (p.*).twice from points p where k = 5

select (points).twice, (points).v from points where k in (2, 9) order by 2

select p.label from points p where p.twice = 6 order by p.k

select p."Odd One", count(*), sum(p.twice) from points p group by p."Odd One" order by 1

select p.k from points p where p.twice > 10 and p.k < 30 order by p.twice desc, p.k

select p.k, d.shout from points p join kinds d on d.id = p.v where p.k < 4 order by 1

select count(*) from points p join points q on q.k = p.twice

select k, (select d.shout from kinds d where d.id = points.v) from points where k < 3 order by k

select s.most from (select max(p.twice) as most from points p) s

-- params 4
select p.twice from points p where p.k = $1

-- error 42703
select p.thrice from points p

-- error 42703
select twice from points

create view doubled as select p.k, p.twice from points p

select * from doubled where k < 3 order by k

select d.twice from doubled d where d.k = 4

drop view doubled

copy (select p.k, p.twice from points p where p.k < 3 order by 1) to stdout

prepare doubles as select p.twice from points p where p.k = $1

execute doubles (6)

deallocate doubles

insert into points (k, v) select p.k + 100, p.twice from points p where p.k < 4

select * from points where k > 100 order by k

-- # changes: rows of shards have types of their own

create function arow(points) returns int language sql as 'select $1.v + 1'

create function more(int) returns int language sql as 'select $1 + 1'

-- unsupported
update points a set v = a.arow where a.v > 1000

-- unsupported
update points a set v = a.arow where a.k = 1000

-- unsupported
update points set v = twice(points) where k = 1000

-- unsupported
update points p set v = (p).twice where p.k = 1000

-- unsupported
update points p set v = twice(p.*) where p.k = 1000

-- unsupported
update points p set v = 1 where p.k = 1000 and p.twice = 2

-- unsupported
delete from points where points.twice > 1000

-- unsupported
delete from points p where p.k = 1000 returning p.twice

update points p set v = p.v where p.k = 1 returning p.v, p.k

update points p set v = more(p.v) where p.k = 1 returning p.v

drop function arow(points), more(int)

drop function twice(points), label(points), shout(kinds), "Odd One"(points)
