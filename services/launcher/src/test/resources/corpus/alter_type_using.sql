-- # ALTER COLUMN … TYPE … USING of distributed and reference tables.

create table d (k int primary key, a int not null default 5, b text, c varchar(10) default '7', r int)

create table r (id int primary key, label text)

-- mesh
select create_distributed_table('d', 'k')

-- mesh
select create_reference_table('r')

create index d_a on d (a)

alter table d add constraint small check (a < 1000)

insert into r values (1, '10'), (2, '20')

insert into d select n, n * 2, n::text, (n % 3)::text, 1 + n % 2 from generate_series(1, 40) n

alter table d add foreign key (r) references r (id)

alter table d alter column a type bigint using a * 2

select * from d order by k

alter table d alter b type int using b::int

alter table d alter column b set data type numeric(10,2) using d.b / 4.0, alter column c drop default, add column e int default 3

alter table d alter c type int using public.d.c::int + d.k

select sum(a), sum(b), sum(c), sum(e) from d

insert into d (k) values (100) returning *

update d set a = a + 1 where k < 5 returning *

delete from d where k = 40 returning a, b, c

insert into d (k, a) select k + 200, a from d where k < 4 returning k, a, e

select count(*), sum(a) from d join r on r.id = d.r

do $$ begin if (select count(*) from d) <> 43 then raise 'rows are missing'; end if; delete from d where k > 199; end $$

select attname, format_type(atttypid, atttypmod), attnotnull from pg_attribute where attrelid = 'd'::regclass and attnum > 0 and not attisdropped order by attnum

select indexname, indexdef from pg_indexes where tablename = 'd' order by 1

-- error 23514
alter table d alter a type int using a::int + 990

-- error 23502
alter table d alter a type int using null::int

-- error 23514
insert into d (k, a) values (300, 5000)

-- error 42804
alter table d alter a type date using a

-- error 42703
alter table d alter a type int using missing + 1

-- error 42703
alter table d alter missing type int using 1

-- error 0A000
alter table d alter a type int using (select 1)

alter table d alter e type text using case when k = 3 then 'three' else e::text end

-- error 22P02
alter table d alter e type int using e::int

select count(*) from d where e = 'three'

create view on_d as select k, a from d

-- error 0A000
alter table d alter column a type int using a::int

drop view on_d

begin

alter table d drop constraint small, alter column a drop default

alter table d alter column a type text using 'a' || a

select max(a) from d

insert into d (k, a) values (500, 'new')

select count(*) from d where a like 'a%'

rollback

-- # the constraint compares numbers
-- error 42883
alter table d alter column a type text using 'a' || a

alter table d drop constraint small, alter column a drop default, alter column a type text using 'a' || a

select max(a), count(*) from d

truncate d

-- mesh
select undistribute_table('d')

drop table d

alter table r alter label type int using label::int + id

select * from r order by id

drop table r
