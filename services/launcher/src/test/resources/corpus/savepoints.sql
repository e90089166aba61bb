-- # savepoints in one another, where the coordinator database calls back in the inner one first

create table acc (k int, id int, bal numeric default 0, primary key (k, id))

create table names (id int primary key, name text, grp int)

-- mesh
select create_distributed_table('acc', 'k', shard_count => 4)

-- mesh
select create_reference_table('names')

insert into acc select k, id, 100 from generate_series(1, 8) k, generate_series(1, 2) id

insert into names select i, 'n' || i, i % 3 from generate_series(1, 10) i

create function undone() returns int language plpgsql as $$ begin begin update names set grp = grp + 1 where id = 1; perform count(*) from acc; raise division_by_zero; exception when division_by_zero then return (select count(*) from acc); end; end $$

-- # a write to the reference table outside, its rows carried inside

begin

savepoint a

insert into names values (60, 'n60', 1)

savepoint b

update acc set bal = bal + 1 where k = 1 and id = 1

release b

release a

commit

select * from names where id = 60

begin

savepoint a

insert into names values (61, 'n61', 1)

savepoint b

update acc set bal = bal + 1 where k = 1 and id = 1

rollback to b

release a

commit

select bal, (select count(*) from names) from acc where k = 1 and id = 1

begin

savepoint a

insert into names values (62, 'n62', 1)

savepoint b

-- error 23505
insert into acc (k, id) values (1, 1)

rollback to b

rollback to a

commit

select count(*) from names

begin

savepoint a

insert into names values (63, 'n63', 1)

savepoint b

update acc set bal = bal + 1 where k = 2 and id = 1

savepoint c

update acc set bal = bal + 1 where k = 3 and id = 1

rollback to a

select count(*) from names

update acc set bal = bal + 1 where k = 4 and id = 1

savepoint b

insert into names values (64, 'n64', 1)

update acc set bal = bal + 1 where k = 5 and id = 1

release a

commit

select k, bal, n.name from acc join names n on n.id = 64 where acc.id = 1 order by k

begin

savepoint a

insert into names values (65, 'n65', 1)

savepoint b

update acc set bal = bal + 1 where k = 1 and id = 1

commit

select count(*) from names

begin

savepoint a

insert into names values (66, 'n66', 1)

savepoint b

update acc set bal = bal + 1 where k = 1 and id = 1

rollback

select count(*) from names

-- # reads through the coordinator database

begin

savepoint a

savepoint b

select count(*) from acc join acc other on acc.bal = other.bal and acc.id < other.id + acc.k

update acc set bal = 0 where k = 6

rollback to b

release b

select sum(bal) from acc where k = 6

select avg(acc.bal) from acc join acc other on acc.bal = other.bal + other.id

release a

rollback

-- # names as the coordinator database gives them, and the same name twice

begin

savepoint s3

savepoint s2

insert into names values (67, 'n67', 1)

savepoint s2

update acc set bal = 5 where k = 7

rollback to s2

release s2

update acc set bal = 6 where k = 7

rollback to s2

select id, bal from acc where k = 7 order by id

release s3

-- error 3B001
release s2

rollback

begin

savepoint a

-- error 3B001
release s2

rollback to a

-- error 3B001
rollback to s2

commit

-- # subtransactions inside a statement

begin

savepoint a

select undone()

savepoint b

insert into names values (68, 'n68', 1)

select undone()

update acc set bal = 7 where k = 8

rollback to b

select undone()

release a

commit

select undone()

select count(*), sum(grp) from names

select sum(bal) from acc

-- # an error that the coordinator database finds while it calls back

begin

savepoint a

insert into names values (69, 'n69', 1)

savepoint b

-- error 22012
select sum(acc.bal / (other.k - 3)) from acc join acc other on acc.bal < other.bal + other.id

-- error 25P02
release b

rollback to b

select count(*) from acc join acc other on acc.bal < other.bal + other.id

update acc set bal = 8 where k = 2

rollback to a

update acc set bal = 9 where k = 3

release a

commit

select k, id, bal from acc order by k, id

drop function undone()
