-- # transactions that change reference tables and shards that point to them

create table place (code text primary key, name text)

create table visit (id int primary key, place text constraint at_place references place, n int default 0)

-- mesh
select create_reference_table('place')

-- mesh
select create_distributed_table('visit', 'id', shard_count => 4)

begin

insert into place values ('a', 'A'), ('b', 'B')

insert into visit values (1, 'a'), (2, 'b') returning *

update place set name = 'AA' where code = 'a'

select v.id, p.name from visit v join place p on p.code = v.place order by v.id

commit

-- error 23503
insert into visit values (3, 'nowhere')

begin

insert into place values ('c', 'C')

savepoint s

insert into visit values (3, 'c')

-- error 23503
insert into visit values (4, 'nowhere')

rollback to savepoint s

insert into visit values (3, 'c') on conflict (id) do update set n = excluded.n

insert into visit values (3, 'c') on conflict (id) do update set n = visit.n + 1 returning n

delete from visit where id = 1

delete from place where code = 'a' returning *

commit

select * from visit order by id

select * from place order by code

-- error 23503
delete from place where code = 'b'

begin

insert into place values ('d', 'D')

insert into visit values (5, 'd')

-- error 23503
delete from place where code = 'd'

rollback

select count(*) from place

begin

delete from visit where place = 'b'

delete from place where code = 'b'

insert into place values ('b', 'back')

insert into visit values (2, 'b')

commit

select v.*, p.name from visit v join place p on p.code = v.place order by v.id

begin

insert into place select 'x' || i, 'many' from generate_series(1, 1200) as i

copy visit (id, place) from stdin
\data
100	x1
101	x1200
\.

insert into visit (id, place) select 200 + i, 'x' || i from generate_series(1, 5) as i

commit

select id, place from visit where id >= 100 order by id

do $$
begin
  insert into place values ('f', 'from a function');
  insert into visit values (300, 'f');
  begin
    insert into place values ('g', 'undone');
    insert into visit values (301, 'g');
    raise exception 'back';
  exception when raise_exception then
    null;
  end;
  update visit set place = 'f' where id = 200 + 1;
end
$$

select v.id, p.name from visit v join place p on p.code = v.place where p.code in ('f', 'g') order by v.id

alter table visit drop constraint at_place

alter table visit add constraint at_place foreign key (place) references place on delete cascade on update cascade

update place set code = 'ff' where code = 'f'

delete from place where code like 'x%'

select id, place from visit order by id

begin

insert into place values ('h', 'H')

insert into visit values (400, 'h')

update place set code = 'hh' where code = 'h'

delete from place where code = 'ff'

select id, place from visit order by id

rollback

select id, place from visit order by id

-- # rows that point to one another

create table node (id int primary key, parent int constraint up references node)

-- mesh
select create_reference_table('node')

create table leaf (id int primary key, node int references node)

-- mesh
select create_distributed_table('leaf', 'id', shard_count => 4)

begin

insert into node values (1, 2), (2, 1), (3, null), (4, 3)

insert into leaf values (1, 1), (2, 4)

commit

delete from leaf where id = 1

delete from node where id in (1, 2)

-- error 23503
delete from node where id in (3, 4)

select * from node order by id

drop table leaf, visit

drop table node, place
