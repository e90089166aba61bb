create table t (id bigserial, tenant int not null, name varchar(20), primary key (tenant, id))

-- mesh
select create_distributed_table('t', 'tenant')

insert into t (tenant, name) values (1, 'a'), (2, 'b'), (1, 'c') returning *

alter table t add column price numeric(8,2) default 9.99

select * from t order by id

alter table t add column note text, add column flag boolean not null default false

insert into t (tenant, name, note) values (3, 'd', 'noted')

select * from t order by id

alter table t alter column name type text

alter table t alter column name set not null

-- error 23502
insert into t (tenant) values (4)

alter table t alter column name drop not null

alter table t alter column price set default 1

insert into t (tenant) values (4) returning price

alter table t alter column price drop default

alter table t rename column note to remark

select remark from t where tenant = 3

-- error 42703
select note from t

alter table t drop column flag

alter table t add constraint positive check (price > 0)

-- error 23514
update t set price = -1 where tenant = 1

-- error 23514
alter table t add constraint cheap check (price < 2)

alter table t drop constraint positive

alter table t add constraint t_name_unique unique (tenant, name)

-- error 23505
insert into t (tenant, name) values (1, 'a')

create index t_name on t (name)

create index on t (price)

create index if not exists t_name on t (name)

-- error 42P07
create index t_name on t (name)

create unique index t_tenant_remark on t (tenant, remark) where remark is not null

select indexname from pg_indexes where tablename = 't' order by 1

alter index t_name rename to t_by_name

drop index t_by_name

-- error 42704
drop index t_by_name

comment on table t is 'the table'

comment on column t.name is 'the name'

select obj_description('t'::regclass), col_description('t'::regclass, 3)

alter table t rename to t_renamed

select count(*) from t_renamed

-- error 42P01
select count(*) from t

alter table t_renamed rename to t

select attname, format_type(atttypid, atttypmod), attnotnull from pg_attribute where attrelid = 't'::regclass and attnum > 0 and not attisdropped order by attnum

select column_name, data_type, is_nullable from information_schema.columns where table_name = 't' order by ordinal_position

create table child (tenant int, parent bigint, v int default 3, primary key (tenant, parent))

-- mesh
select create_distributed_table('child', 'tenant')

alter table child add foreign key (tenant, parent) references t (tenant, id) on delete cascade

insert into child values (1, 1), (2, 2)

-- error 23503
insert into child values (1, 77)

delete from t where tenant = 1 and id = 1

select * from child order by 1, 2

-- error 2BP01
drop table t

truncate t, child

truncate t cascade

-- error 2BP01
alter table t drop constraint t_pkey

select conname, contype from pg_constraint where conrelid = 'child'::regclass order by 1

drop table child

create view tv as select tenant, count(*) as n from t group by tenant

insert into t (tenant, name) values (7, 'x'), (7, 'y'), (8, 'z')

select * from tv order by tenant

select tv.tenant, t.name from tv join t using (tenant) where tenant = 8

create or replace view tv as select tenant, count(*) as n, max(name) as m from t group by tenant

select * from tv where tenant = 7

create materialized view tm as select tenant, count(*) n from t group by tenant

select * from tm order by 1

insert into t (tenant, name) values (9, 'new')

refresh materialized view tm

select * from tm order by 1

drop materialized view tm

drop view tv

create schema corpus_s

create table corpus_s.st (k int primary key, v text)

-- mesh
select create_distributed_table('corpus_s.st', 'k')

insert into corpus_s.st values (1, 'a'), (2, 'b')

set search_path = corpus_s, public

select * from st order by k

reset search_path

-- error 42P01
select * from st

alter table corpus_s.st add column w int

select * from corpus_s.st order by k

drop table corpus_s.st

drop schema corpus_s

create type mood as enum ('sad', 'ok', 'happy')

create domain positive_int as int check (value > 0)

create table typed (k int primary key, m mood, p positive_int)

-- mesh
select create_distributed_table('typed', 'k')

insert into typed values (1, 'happy', 5), (2, 'sad', 6)

select * from typed order by m, k

select m, count(*) from typed group by m order by m

-- error 22P02
insert into typed values (3, 'angry', 1)

-- error 23514
insert into typed values (3, 'ok', -1)

drop table typed

drop type mood

drop domain positive_int

create sequence sq start 10

select nextval('sq'), nextval('sq')

select currval('sq')

create table with_seq (k int default nextval('sq'), t text)

-- mesh
select create_distributed_table('with_seq', 'k')

insert into with_seq (t) values ('a'), ('b'), ('c') returning k

select count(distinct k) from with_seq

create table ident (id int generated always as identity, k int, v text)

-- mesh
select create_distributed_table('ident', 'k')

insert into ident (k, v) values (1, 'a'), (2, 'b'), (1, 'c') returning id, k

-- error 428C9
insert into ident (id, k) values (100, 1)

insert into ident (id, k) overriding system value values (100, 1)

select * from ident order by id

create table gen (k int primary key, a int, b int generated always as (a * 2) stored)

-- mesh
select create_distributed_table('gen', 'k')

insert into gen (k, a) values (1, 5), (2, 6) returning *

update gen set a = 10 where k = 1 returning b

-- error 428C9
insert into gen (k, b) values (3, 1)

create table filled (k int primary key, v text)

insert into filled select i, 'row ' || i from generate_series(1, 100) i

-- mesh
select create_distributed_table('filled', 'k')

select count(*), min(v), max(v) from filled

create table as_copy as select k, v from filled where k < 5

select * from as_copy order by k

create temp table tmp as select company_id, count(*) as n from ads group by company_id

select * from tmp order by company_id

select c.name, tmp.n from companies c join tmp on tmp.company_id = c.id order by c.id

drop table tmp

create table quoted ("Key" int primary key, "select" text, "with space" int)

-- mesh
select create_distributed_table('quoted', 'Key')

insert into quoted ("Key", "select", "with space") values (1, 'a', 2), (2, 'b', 3)

select "Key", "select", q."with space" from quoted q where "Key" = 2

update quoted set "select" = 'c' where quoted."Key" = 1

select * from quoted order by "Key"

create table "Mixed Case" (id int primary key, v int)

-- mesh
select create_distributed_table('"Mixed Case"', 'id')

insert into "Mixed Case" values (1, 2), (3, 4)

select * from "Mixed Case" order by id

select "Mixed Case".v from "Mixed Case" where "Mixed Case".id = 3

drop table "Mixed Case"

analyze t

vacuum t

analyze

vacuum analyze

drop table t, with_seq, gen

drop sequence sq
