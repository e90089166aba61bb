create table r (code text primary key, label text not null, weight int check (weight > 0))

-- mesh
select create_reference_table('r')

insert into r values ('a', 'first', 1), ('b', 'second', 2)

insert into r (code, label) values ('c', 'third') returning *

insert into r select 'g' || g, 'generated', g from generate_series(1, 5) g

select * from r order by code

update r set label = 'changed', weight = weight + 10 where code = 'a' returning *

update r set weight = 1 where weight is null

-- error 23505
insert into r values ('a', 'again', 1)

-- error 23514
insert into r values ('z', 'bad', -1)

-- error 23502
update r set label = null where code = 'b'

insert into r values ('a', 'again', 1) on conflict (code) do update set label = r.label || '+' || excluded.label

delete from r where code like 'g%' and weight > 2 returning code

select code, label, weight from r order by 1

select c.id, r.label from companies c join r on r.weight = c.id order by c.id, r.code

select count(*) from ads a join r on r.weight = a.company_id

select r.code, count(*) from clicks k, r where r.weight = k.company_id and k.company_id < 3 group by r.code order by 1

begin

insert into r values ('t', 'in transaction', 3)

select code from r where weight = 3

select count(*) from companies c join r on r.weight = c.id

update companies set name = name where id = 1

rollback

select count(*) from r where code = 't'

begin

insert into r values ('t', 'in transaction', 3)

commit

select c.id, r.code from companies c join r on r.weight = c.id where c.id = 3 order by 2

-- params a
-- params missing
select label from r where code = $1

-- params t, 30
update r set weight = $2 where code = $1

create table child (id int primary key, code text references r (code))

-- mesh
select create_distributed_table('child', 'id')

insert into child values (1, 'a'), (2, 'b'), (3, null)

-- error 23503
insert into child values (4, 'nope')

select child.id, r.label from child left join r using (code) order by id

-- error 23503
delete from r where code = 'a'

delete from child where id = 1

delete from r where code = 'a'

select * from r order by code

truncate child

-- error 0A000
truncate r

drop table child

truncate r

select count(*) from r

alter table r add column extra int default 5

insert into r (code, label) values ('n', 'new')

select * from r

drop table r

-- error 42P01
select * from r
