create table ki (k int, v int)

-- mesh
select create_distributed_table('ki', 'k')

-- # texts of one shape are inspected once: each constant is judged all the same

select * from ki where k = '5'

-- error 22P02
select * from ki where k = '5x'

-- error 22P02
select v from ki where v > 1 and k = ' five' order by v

-- error 22003
select * from ki where k = '5000000000'

select * from ki where k = 5000000000

-- error 22P02
select /* é */ 'ü', v
from ki where k = '5x'

insert into ki values ('5', 1)

-- error 22P02
insert into ki values ('5x', 1)

-- error 22P02
insert into ki (v, k) values (1, '5x')

-- error 22P02
insert into ki values ('6', 1), ('5x', 2)

-- error 22003
insert into ki values (5000000000, 1)

-- error 22003
insert into ki values ('5000000000', 1)

-- error 22P02
update ki set v = 2 where k = '5x'

-- error 22P02
delete from ki where '5x' = k

-- error 22P02
select * from ki where k in ('5', '5x')

-- error 22P02
select * from ki where k = '5x'::int

-- error 22P02
select * from ki where k = int '5x'

-- error 22P02
explain select * from ki where k = '5x'

begin

select v from ki where k = '5'

-- error 22P02
select v from ki where k = '5x'

-- error 25P02
select v from ki where k = '5'

rollback

-- simple-only
-- error 22P02
select 1; select v from ki where k = '5x'

-- extended-only
-- params '5'
select v from ki where k = $1

-- extended-only
-- state-only
-- error 22P02
-- params '5x'
select v from ki where k = $1

create table kbig (k bigint, v int)

-- mesh
select create_distributed_table('kbig', 'k')

select v from kbig where k = '5'

-- error 22003
select v from kbig where k = '99999999999999999999'

insert into kbig values ('5', 1)

-- error 22003
insert into kbig values ('99999999999999999999', 1)

-- error 22003
update kbig set v = 2 where k = '99999999999999999999'

create table ksma (k smallint, v int)

-- mesh
select create_distributed_table('ksma', 'k')

select v from ksma where k = '5'

-- error 22003
select v from ksma where k = '70000'

insert into ksma values ('5', 1)

-- error 22003
insert into ksma values ('70000', 1)

-- error 22003
update ksma set v = 2 where k = '70000'

create table kdat (k date, v int)

-- mesh
select create_distributed_table('kdat', 'k')

select v from kdat where k = '2020-01-01'

-- error 22008
select v from kdat where k = '2020-13-41'

insert into kdat values ('2020-01-01', 1)

-- error 22008
insert into kdat values ('2020-13-41', 1)

-- error 22008
update kdat set v = 2 where k = '2020-13-41'

create table kuui (k uuid, v int)

-- mesh
select create_distributed_table('kuui', 'k')

select v from kuui where k = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'

-- error 22P02
select v from kuui where k = 'a0eebc99'

insert into kuui values ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 1)

-- error 22P02
insert into kuui values ('a0eebc99', 1)

-- error 22P02
update kuui set v = 2 where k = 'a0eebc99'

create table kboo (k boolean, v int)

-- mesh
select create_distributed_table('kboo', 'k')

select v from kboo where k = 'true'

-- error 22P02
select v from kboo where k = 'maybe'

insert into kboo values ('true', 1)

-- error 22P02
insert into kboo values ('maybe', 1)

-- error 22P02
update kboo set v = 2 where k = 'maybe'

create table kine (k inet, v int)

-- mesh
select create_distributed_table('kine', 'k')

select v from kine where k = '1.2.3.4'

-- error 22P02
select v from kine where k = '1.2.3.400'

insert into kine values ('1.2.3.4', 1)

-- error 22P02
insert into kine values ('1.2.3.400', 1)

-- error 22P02
update kine set v = 2 where k = '1.2.3.400'

create table knum (k numeric, v int)

-- mesh
select create_distributed_table('knum', 'k')

select v from knum where k = '1.5'

-- error 22P02
select v from knum where k = '1.5x'

insert into knum values ('1.5', 1)

-- error 22P02
insert into knum values ('1.5x', 1)

-- error 22P02
update knum set v = 2 where k = '1.5x'

create table kvar (k varchar(3), v int)

-- mesh
select create_distributed_table('kvar', 'k')

-- error 22001
insert into kvar values ('abcd', 1)

-- error 22001
insert into kvar values ('abc', 1), ('abcd', 1)
