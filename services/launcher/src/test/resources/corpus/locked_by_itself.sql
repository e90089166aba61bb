-- # a transaction asks about tables that it has locked itself: nobody else may be asked about them

create table own_ref (a int, b text)

create table own_rows (k int primary key, v int)

-- mesh
select create_reference_table('own_ref')

-- mesh
select create_distributed_table('own_rows', 'k')

insert into own_ref values (1, 'a'), (2, 'b')

insert into own_rows values (1, 1), (2, 2)

begin

truncate own_ref

insert into own_ref values (3, 't')

insert into own_ref values (4, 'u')

select a, b from own_ref where a = 3

select count(*) from own_ref join own_rows on k = a - 2 where b = 't'

commit

begin

alter table own_ref add column c int default 5

insert into own_ref values (5, 'v', 6)

insert into own_ref values (6, 'w', 7)

select a, c from own_ref where b = 'w' order by a

rollback

prepare kept as select 1

begin

truncate own_ref

insert into own_ref values (7, 't')

insert into own_ref values (8, 'u')

select a, b from own_ref where a = 7

commit

deallocate kept

select * from own_ref order by a

drop table own_ref, own_rows
