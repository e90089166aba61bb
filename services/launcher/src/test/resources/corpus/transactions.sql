create table a (k int primary key, v int)

create table b (k int primary key, v int)

create table loc (k int primary key, v int)

-- mesh
select create_distributed_table('a', 'k')

-- mesh
select create_distributed_table('b', 'k')

insert into a select i, 0 from generate_series(1, 20) i

insert into b select i, 0 from generate_series(1, 20) i

begin

update a set v = v + 1 where k = 1

update b set v = v - 1 where k = 2

insert into loc values (1, 1)

select sum(v) from a

commit

select sum(v) from a

select sum(v) from b

select * from loc

start transaction

update a set v = 100

select sum(v) from a

rollback

select sum(v) from a

begin transaction read write

update a set v = v + 5 where k = 3

select v from a where k = 3

end

-- simple-only
begin; update a set v = v + 1 where k = 4; update b set v = v + 1 where k = 5; commit

-- simple-only
update a set v = 7 where k = 6; update b set v = 8 where k = 7; select v from a where k = 6

-- simple-only
-- error 22012
update a set v = 9 where k = 6; select 1 / 0

select v from a where k = 6

begin

savepoint s1

update a set v = 50 where k = 8

savepoint s2

update a set v = 51 where k = 9

rollback to s2

select k, v from a where k in (8, 9) order by k

rollback to savepoint s1

select k, v from a where k in (8, 9) order by k

update b set v = 60 where k = 10

release s1

commit

select k, v from b where k = 10

begin

update a set v = 1 where k = 11

-- error 23505
insert into a values (11, 5)

-- error 25P02
select 1

-- error 25P02
select count(*) from a

rollback

select v from a where k = 11

begin

savepoint x

-- error 23505
insert into a values (12, 5)

rollback to x

update a set v = 13 where k = 12

commit

select v from a where k = 12

begin

-- error 3B001
rollback to nosuchsavepoint

rollback

commit

rollback

begin

begin

commit

begin

-- error 42P01
select * from nosuchtable

commit

begin isolation level repeatable read

select count(*) from a

show transaction_isolation

commit

begin isolation level serializable read only

select sum(v) from a where k = 1

-- error 25006
update a set v = 1 where k = 1

rollback

begin read only

select count(*) from b

select max(k) from a group by k % 2 order by 1

commit

begin

set local statement_timeout = '5s'

show statement_timeout

select count(*) from a

commit

show statement_timeout

begin

set transaction isolation level repeatable read

select count(*) from a

commit

-- error 25P01
savepoint outside

-- error 25P01
release outside

begin

delete from a

select count(*) from a

insert into a values (1, 1)

select count(*) from a

rollback

select count(*) from a

begin

insert into loc values (2, 2)

-- error 23505
insert into loc values (2, 3)

rollback

select * from loc

begin

lock table loc in share mode

commit

-- error 25P01
lock table loc in share mode

-- error 25P01
lock table a in share mode

begin

lock table a in share mode

lock table loc in share mode

commit

-- # as it was said inside a block and before one

-- error 25P01
lock table a in share mode

-- error 25P01
lock table loc in share mode

-- fetch 5
-- error 25P01
lock table a in share mode

-- fetch 5
-- error 25P01
lock table loc in share mode

-- fetch 5
-- error 25P01
declare c cursor for select 1

-- simple-only
lock table a in share mode; select count(*) from a

-- simple-only
lock table loc in share mode; select 1

-- simple-only
-- error 25001
vacuum a; select 1

-- simple-only
-- error 25001
create database nowhere; select 1

-- simple-only
-- error 25P01
select 1; savepoint s

-- simple-only
-- error 25P01
select 1; release s

begin

-- error 25001
vacuum a

rollback

begin

-- error 25001
create database nowhere

rollback

begin

-- error 25001
create index concurrently on loc (v)

rollback

begin

-- error 25001
discard all

rollback

discard all

-- error 25P01
declare c cursor for select 1

-- error 25P01
declare c cursor for select k from a order by k

-- simple-only
declare c cursor for select k from a order by k; fetch 2 from c

begin

declare c cursor for select k from a order by k

fetch 3 from c

fetch next from c

move 2 from c

fetch 2 from c

close c

commit

begin

create table in_tx (k int primary key)

insert into in_tx values (1)

rollback

-- error 42P01
select * from in_tx

-- simple-only
begin; insert into a values (300, 1); insert into b values (301, 1); rollback; select count(*) from a where k = 300

-- simple-only
-- error 42P01
insert into a values (302, 1); select 1 from nosuchtable

select count(*) from a where k = 302

begin

commit and chain

select 1

rollback and no chain

-- # there is nothing to chain to outside of a block

-- error 25P01
commit and chain

-- error 25P01
rollback and chain

-- error 25P01
end work and chain

-- error 25P01
abort and chain

commit and no chain

rollback and no chain

-- simple-only
-- error 25P01
insert into a values (310, 1); insert into b values (310, 1); commit and chain; select 1

-- simple-only
-- error 25P01
insert into a values (311, 1); rollback and chain; select 1

select count(*) from a where k in (310, 311)

-- simple-only
begin; select 1; commit and chain; select 2; rollback and chain; commit

-- # what is no form of BEGIN, COMMIT and the like

-- error 42601
begin foo

-- error 42601
begin isolation level nosuch

-- error 42601
start transaction read sometimes

-- error 42601
commit foo

-- error 42601
rollback to

start transaction isolation level repeatable read, read only, not deferrable

end transaction

begin work read write isolation level read committed

commit work and no chain

-- # parameters that end with the transaction

set transaction_read_only = off

set transaction_read_only = on

insert into loc values (400, 1)

insert into a values (400, 1)

set transaction_isolation = 'serializable'

show transaction_isolation

set session transaction_deferrable = on

show transaction_deferrable

-- simple-only
set local transaction_isolation = 'serializable'

set transaction read only

-- error 22023
set transaction_isolation = 'nosuch'

-- error 0A000
reset transaction_isolation

-- error 0A000
set transaction_read_only to default

begin

set transaction_isolation = 'repeatable read'

show transaction_isolation

select count(*) from a

-- error 25001
set transaction_isolation = 'serializable'

rollback

begin

set local transaction_read_only = on

-- error 25006
update a set v = 1

rollback

begin

set transaction_read_only = on

commit

show transaction_read_only

delete from a where k = 400

begin

-- unsupported
select set_config('transaction_read_only', 'on', false)

rollback

-- volatile
select set_config('transaction_read_only', 'on', false)

update a set v = 3 where k = 3

set seed = 0.25

select random()

set seed to 0.25

select random() from generate_series(1, 2)

-- error 22023
set seed = 7

-- error 0A000
reset seed
