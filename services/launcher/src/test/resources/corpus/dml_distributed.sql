create table d (tenant int not null, id int not null, v text default 'none', n numeric(10,2), at timestamptz default '2020-01-01 00:00:00+00', primary key (tenant, id))

-- mesh
select create_distributed_table('d', 'tenant')

insert into d values (1, 1, 'one', 1.5, '2021-01-01 00:00:00+00')

insert into d (tenant, id) values (1, 2)

insert into d (id, tenant, v) values (3, 1, 'three'), (1, 2, 'x'), (1, 3, null), (1, 4, 'y')

insert into d values (5, 1, default, default, default) returning *

insert into d (tenant, id, v) values (6, 1, 'a'), (7, 1, 'b') returning tenant, id, upper(v) as "V"

insert into d (tenant, id, n) select g, 10, g * 1.25 from generate_series(1, 10) g

insert into d (tenant, id, v) select tenant + 100, id, v from d where id = 1

insert into d (tenant, id, v) select tenant, id + 1000, v from d where tenant = 1 returning id

select * from d order by tenant, id

-- params 20, 1, 'p'
-- params 21, 1, null
-- params 22, 1, 'it''s'
insert into d (tenant, id, v) values ($1, $2, $3)

-- params 20
-- params 21
-- params 99
select * from d where tenant = $1 order by id

-- params 20, 'changed'
update d set v = $2 where tenant = $1

-- params 22
delete from d where tenant = $1 returning *

-- error 23505
insert into d (tenant, id) values (1, 1)

insert into d (tenant, id, v) values (1, 1, 'new') on conflict do nothing

insert into d (tenant, id, v) values (1, 1, 'new') on conflict (tenant, id) do update set v = excluded.v || '!' returning v

insert into d (tenant, id, v) values (1, 1, 'z'), (2, 1, 'z'), (30, 1, 'z') on conflict (tenant, id) do update set v = d.v || excluded.v where d.tenant = 2

insert into d as t (tenant, id, v) values (1, 1, 'q') on conflict on constraint d_pkey do update set v = t.v || '?' returning t.v

-- error 23502
insert into d (tenant, id) values (1, null)

-- error 23502
-- refused 22004
insert into d (id, v) values (50, 'no tenant')

-- error 23502
-- refused 22004
insert into d (tenant, id) values (1, 51), (null, 52)

-- error 23502
-- refused 22004
insert into d (tenant, id) select nullif(1, 1), 53

-- error 23502
-- refused 22004
-- params null
insert into d (tenant, id) values ($1, 54)

-- error 23502
-- refused 22004
copy d (tenant, id) from stdin
\data
1	55
\N	56

select count(*) from d where id between 50 and 56

-- error 22003
insert into d (tenant, id, n) values (1, 60, 1234567890.12)

-- error 22P02
insert into d (tenant, id) values ('x', 1)

-- error 42703
insert into d (tenant, nothing) values (1, 1)

-- error 42601
insert into d (tenant, id) values (1)

select * from d order by tenant, id

update d set v = 'u' where tenant = 1 and id = 2

update d set v = 'all' where id = 10

update d set n = n + 1, v = v || tenant where n is not null returning tenant, id, n, v

update d set n = (select max(n_nationkey) from nation) where tenant = 3

begin

-- unsupported
update d t set v = s.v from (values (2, 'joined'), (4, 'joined too')) s(k, v) where t.tenant = s.k and t.id = 1 returning t.tenant, t.v

rollback

begin

-- unsupported
update d set n = x.total from (select tenant, sum(id) as total from d group by tenant) x where x.tenant = d.tenant

rollback

update d set (v, n) = ('pair', 7) where tenant = 5

update d set v = default where tenant = 6

update d set v = 'nobody' where tenant = 12345

-- error 23505
update d set id = 1 where tenant = 1 and id = 2

-- error 22012
update d set n = 1 / 0 where tenant = 1

-- error 42703
update d set missing = 1

select * from d order by tenant, id

delete from d where tenant = 1 and id = 1001

delete from d where id = 10 and tenant > 5

delete from d using nation where n_nationkey = d.tenant and n_name like 'A%' returning tenant, id

begin

delete from d where tenant in (select tenant from d where id = 2)

rollback

delete from d where tenant = 5 returning *

with gone as (delete from d where tenant = 3 returning *) select count(*) from gone

with added as (insert into d (tenant, id, v) values (40, 1, 'cte') returning tenant, v) select * from added

begin

-- unsupported
with moved as (delete from d where tenant = 40 returning id, v) insert into d (tenant, id, v) select 41, id, v from moved

rollback

select count(*), sum(id) from d

select * from d order by tenant, id

truncate d

select count(*) from d

delete from d

insert into d (tenant, id) select i % 7, i from generate_series(1, 500) i

select tenant, count(*), min(id), max(id) from d group by tenant order by tenant

delete from d where id % 2 = 0

select count(*) from d

-- error 23502
-- refused 22004
insert into d default values

begin

-- unsupported
merge into d using (values (1, 1, 'm'), (900, 1, 'm')) s(t, i, v) on d.tenant = s.t and d.id = s.i when matched then update set v = s.v when not matched then insert (tenant, id, v) values (s.t, s.i, s.v)

rollback

select tenant, id from d where tenant = 1 order by id limit 2 for update

insert into d (tenant, id) values (600, 1) returning old.id, new.id, d.tenant

update d set v = 'after' where tenant = 600 returning old.v, new.v

drop table d
