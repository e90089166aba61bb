create table p (tenant int, id int, v text, amount numeric, primary key (tenant, id))

-- mesh
select create_distributed_table('p', 'tenant')

-- params 1, 1, first, 1.5
-- params 1, 2, second, 2.5
-- params 2, 1, null, null
-- params -3, 1, 'with, comma', 3
insert into p values ($1, $2, $3, $4)

-- params 1
-- params 2
-- params 77
-- params null
select * from p where tenant = $1 order by id

-- params 1, 2
select v from p where tenant = $1 and id = $2

-- # a LIMIT and an OFFSET that no bigint takes together, and those that are none

-- params 9223372036854775807, 9223372036854775807
-- params 9223372036854775807, 1
-- params 2, 9223372036854775806
-- params 2, 1
-- params 0, 0
-- params null, 1
-- params 2, null
-- params null, null
select tenant, id from p order by 1, 2 limit $1 offset $2

select tenant, id from p order by 1, 2 limit 2147483647 offset 1

select tenant, id from p order by 1, 2 limit 9223372036854775807 offset 9223372036854775807

select tenant, id from p order by 1, 2 limit 1 offset 2

-- error 2201W
-- params -1
select tenant, id from p order by 1, 2 limit $1

-- error 2201W
-- params -5, 2
select tenant, id from p order by 1, 2 limit $1 offset $2

-- error 2201X
-- params 2, -3
-- params -2, -3
-- params 5, -3
-- params 0, -1
-- params null, -3
select tenant, id from p order by 1, 2 limit $1 offset $2

-- error 2201X
-- params -9223372036854775808, -9223372036854775808
select tenant, id from p order by 1, 2 limit $1 offset $2

-- params 1, 5
select tenant, id, $2 + id as sum from p where tenant = $1 order by id

-- params '{1,2}'
-- params '{}'
select * from p where tenant = any($1) order by tenant, id

-- params 1, 2
select tenant, count(*), sum(amount) from p where tenant in ($1, $2) group by tenant order by tenant

-- params 2.0
select count(*) from p where amount > $1

-- params first
select tenant from p where v = $1

-- params 10
select sum(amount) * $1 from p

-- params 2
select tenant, id from p order by tenant, id limit $1

-- params 1, changed
-- params 2, changed too
update p set v = $2 where tenant = $1 returning id, v

-- params %e%
select id from companies where name like $1 order by id

-- params 3
-- params 4
select c.name, n.n_name from companies c join nation n on n.n_nationkey = c.id where c.id = $1

-- params 5
select count(*) from ads a join campaigns c on a.company_id = c.company_id and a.campaign_id = c.id where a.company_id = $1

-- params 5
select count(*) from ads a join campaigns c on a.company_id = c.company_id and a.campaign_id = c.id where c.id > $1

-- params 2017-03-01, 2017-04-01
select count(*) from clicks where clicked_at >= $1 and clicked_at < $2

-- params '{"is_mobile": true}'
select count(*) from clicks where user_data @> $1

-- params 10.0.0.0/8
select count(*) from clicks where user_ip << $1

-- params 3, x
select $1::int, $2::text, $1::int * 2

-- params 5
select g from generate_series(1, $1::int) g

-- error 22P02
-- params abc
select * from p where tenant = $1

-- error 08P01
-- extended-only
select * from p where tenant = $1

-- params 1
delete from p where tenant = $1

-- params 2, 1
delete from p where tenant = $1 and id = $2 returning *

prepare ps (int) as select count(*) from ads where company_id = $1

execute ps(3)

execute ps(4)

prepare ps2 as select id from companies where id = $1

execute ps2(5)

-- error 42P05
prepare ps as select 1

select name, statement from pg_prepared_statements where name like 'ps%' order by name

deallocate ps

-- error 26000
execute ps(3)

deallocate all

prepare ins (int, int, text) as insert into p values ($1, $2, $3) returning tenant

execute ins(50, 1, 'x')

execute ins(51, 1, 'y')

-- error 23505
execute ins(50, 1, 'x')

select tenant, v from p where tenant >= 50 order by 1

begin

-- params 50, in tx
update p set v = $2 where tenant = $1

-- params 50
select v from p where tenant = $1

rollback

-- fetch 2
-- params 0
select id from companies where id > $1 order by id

-- fetch 5
select company_id, id from campaigns order by company_id, id

-- fetch 5
select id from clicks where company_id = 1 order by id limit 20
