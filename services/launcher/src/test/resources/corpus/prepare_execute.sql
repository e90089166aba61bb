create type mood as enum ('sad', 'glad')

create table orders_p (tenant int, id int, note text, amount numeric, day date, tags text[], primary key (tenant, id))

create table visits_p (tenant text primary key, times int default 1, seen timestamptz, feeling mood)

create table codes_p (code text primary key, name text)

create table local_p (a int primary key, b text)

-- mesh
select create_distributed_table('orders_p', 'tenant')

-- mesh
select create_distributed_table('visits_p', 'tenant', colocate_with => 'none')

-- mesh
select create_reference_table('codes_p')

create sequence numbers_p

-- # INSERT, also where rows conflict, on one shard and on many
prepare ins (int, int, text, numeric, date, text[]) as insert into orders_p values ($1, $2, $3, $4, $5, $6)

execute ins (1, 1, 'first', 1.50, '2024-01-31', '{a,b}')

execute ins(1, 2, null, null, null, null)

execute ins (2, 1, 'it''s', -3, '2024-02-29', array['x', 'y'])

execute ins (1 + 2, length('four'), 'a' || 'b', 10 / 4.0, '2024-03-01'::date + 1, array[]::text[])

execute ins (-4, 1, 42, 7, now()::date, null)

-- error 23505
execute ins (1, 1, 'again', 1, null, null)

-- error 42804
execute ins (1, 9, 'no date', 1, 5, null)

-- error 22P02
execute ins ('one', 9, 'no number', 1, null, null)

-- error 22007
execute ins (1, 9, 'no date', 1, 'yesterbit', null)

-- error 22008
execute ins (1, 9, 'no date', 1, '2023-02-29', null)

-- error 22003
execute ins (3000000000, 9, 'too large', 1, null, null)

-- error 42601
execute ins (1, 2)

-- error 42601
execute ins

-- error 42601
execute ins (1, 2, 3, 4, 5,)

-- error 42601
execute ins ()

-- error 42703
execute ins (1, 9, nothing, 1, null, null)

-- error 0A000
execute ins (1, (select 9), 'sub-select', 1, null, null)

-- error 42803
execute ins (1, count(*), 'aggregate', 1, null, null)

-- error 22012
execute ins (1, 1 / 0, 'no number', 1, null, null)

-- error 42P02
execute ins (1, $1, 'parameter', 1, null, null)

-- error 23502
-- refused 22004
execute ins (null, 9, 'no tenant', 1, null, null)

select tenant, id, note, amount, day < '2025-01-01' as day, tags from orders_p order by 1, 2

prepare ups as insert into visits_p (tenant, seen) values ($1, $2) on conflict (tenant) do update set times = visits_p.times + 1, seen = excluded.seen returning tenant, times, seen

execute ups ('a', '2024-01-01 10:00+00')

execute ups ('a', '2024-01-02 10:00+00')

execute ups ('a', null)

execute ups ('b', timestamptz '2024-01-03 00:00+00')

execute ups ('b', '2024-01-04 00:00+00'::timestamptz + interval '1 day')

execute ups (3, 'epoch')

prepare ups_many as insert into visits_p (tenant) values ($1), ($2), ('c') on conflict do nothing returning tenant

-- unordered
execute ups_many ('a', 'd')

execute ups_many ('a', 'b')

prepare ups_query (int) as insert into visits_p (tenant, times) select note, count(*) from orders_p where tenant >= $1 and note is not null group by note on conflict (tenant) do update set times = visits_p.times + excluded.times

execute ups_query (1)

execute ups_query (2)

select tenant, times from visits_p order by 1

-- # SELECT of one shard, of many, joined, and what the coordinator database has to run
prepare one as select id, note from orders_p where tenant = $1 order by id

execute one (1)

execute one ('1')

execute one (1.4)

execute one (null)

execute one (777)

-- error 22P02
execute one ('x')

-- error 42804
execute one (true)

-- error 42804
execute one ('1'::text)

-- error 42804
execute one (date '2024-01-01')

prepare many (int[]) as select tenant, count(*), sum(amount) from orders_p where tenant = any ($1) group by tenant order by tenant

execute many ('{1,2}')

execute many (array[1, 2, 3])

execute many ('{}')

execute many (null)

-- error 22P02
execute many ('1')

prepare joined (text, int) as select o.tenant, o.id, c.name from orders_p o join codes_p c on c.code = $1 where o.tenant > $2 order by 1, 2

prepare code as insert into codes_p values ($1, $2) on conflict (code) do update set name = excluded.name returning *

execute code ('x', 'ex')

execute code ('x', 'x!')

execute joined ('x', 0)

execute joined ('nothing', 0)

prepare hard (int) as select o.tenant, v.times from orders_p o join visits_p v on v.tenant = o.note and o.id < $1 order by 1, 2

execute hard (3)

execute hard (0)

prepare total as select count(*), max(day) < 'infinity' from orders_p

execute total

-- # PostgreSQL does not look at arguments where there are no parameters
execute total (1)

prepare windowed (int) as select tenant, id, row_number() over (order by tenant, id) from orders_p where id <= $1 order by 1, 2 limit 3

execute windowed (2)

-- # types that only the database knows
prepare feel (text, mood) as update visits_p set feeling = $2 where tenant = $1 returning tenant, feeling

execute feel ('a', 'glad')

execute feel ('a', null)

execute feel ('b', 'sad'::mood)

-- error 22P02
execute feel ('a', 'mad')

-- error 42804
execute feel ('a', 'glad'::text)

prepare feeling (mood, mood[]) as select tenant, $1 as given, $2[1] as other, $1 > 'sad' as better from visits_p where tenant = 'a'

execute feeling ('glad', '{sad,glad}')

execute feeling ('sad', null)

prepare feelings (mood) as select $1 as given, count(*) from visits_p where feeling = $1

execute feelings ('glad')

-- # changes of one shard, of many, with rows to return
prepare up (int, text) as update orders_p set note = $2 where tenant = $1 returning id, note

execute up (2, 'changed')

execute up (2, upper('changed'))

execute up (99, 'nobody')

prepare up_all (numeric) as update orders_p set amount = coalesce(amount, 0) + $1

execute up_all (1)

execute up_all (0.5)

prepare up_joined (text) as update orders_p o set note = c.name from codes_p c where c.code = $1 and o.id = 1 returning o.tenant

-- unordered
execute up_joined ('x')

prepare del (int, int) as delete from orders_p where tenant = $1 and id = $2 returning *

execute del (2, 1)

execute del (2, 1)

prepare del_many (int) as delete from orders_p where id > $1

execute del_many (3)

select tenant, id, note, amount from orders_p order by 1, 2

-- # names, definitions and what ends them
select name, statement, parameter_types::text, from_sql from pg_prepared_statements where name in ('ins', 'one', 'ups', 'feel', 'total') order by name

-- error 42P05
prepare one as select 1

-- error 42P05
prepare one as select 1 from orders_p

-- error 42601
prepare as select 1

-- error 42P01
prepare bad as select 1 from nothing_p

-- error 42703
prepare bad as select nothing from orders_p where tenant = $1

-- error 42883
prepare bad (int) as select * from orders_p where tenant = $1 || true

-- error 42P18
prepare bad as select $1 is null from orders_p where tenant = $2

-- error 42704
prepare bad (nothing) as select * from orders_p where tenant = $1

-- error 42601
prepare bad as create table bad_p (a int)

-- error 26000
execute bad

-- error 26000
execute bad (1)

-- error 26000
deallocate bad

-- error 26000
explain execute bad

prepare "Odd "" name" (int) as select count(*) from orders_p where tenant = $1

execute "Odd "" name" (1)

-- error 26000
execute "odd "" name" (1)

deallocate prepare "Odd "" name"

-- error 26000
execute "Odd "" name" (1)

deallocate one

-- error 26000
execute one (1)

prepare one (bigint) as select count(*) from orders_p where tenant = $1

execute one (1)

execute one (3000000000)

-- # they outlive transactions
begin

prepare inside as select note from orders_p where tenant = $1 and id = 1

execute inside (1)

execute up (1, 'in tx')

execute inside (1)

savepoint s

-- error 23505
execute ins (1, 1, 'again', 1, null, null)

-- error 25P02
execute inside (1)

-- error 25P02
prepare failed as select 1

-- error 25P02
deallocate inside

rollback to s

execute inside (1)

-- error 42804
execute inside (true)

rollback

execute inside (1)

begin

execute ins (5, 1, nextval('numbers_p'), 1, current_date, null)

execute ins (5, 2, nextval('numbers_p'), 1, now()::date, null)

select id, note, day = current_date from orders_p where tenant = 5 order by 1

commit

execute ins (6, 1, nextval('numbers_p'), 1, current_date, null)

-- error 23505
execute ins (6, 1, nextval('numbers_p'), 1, current_date, null)

execute ins (6, 2, nextval('numbers_p'), 1, current_date, null)

select id, note from orders_p where tenant = 6 order by 1

begin read only

-- error 25006
execute up (1, 'may not')

rollback

-- # functions of users as arguments
create function pick(n int) returns int language sql volatile as 'select max(tenant) from orders_p where id <= n'

create function noted(what text) returns text language plpgsql as $$ begin insert into local_p values ((select count(*) from local_p) + 1, what); return what || '!'; end $$

execute up (pick(1), noted('called'))

execute up (pick(2), noted('called'))

select * from local_p order by a

begin

execute up (pick(1), noted('undone'))

rollback

select * from local_p order by a

-- # several in a message
-- simple-only
execute up (1, 'm1'); execute up (1, 'm2'); execute one (1)

-- simple-only
-- error 23505
execute up (1, 'm3'); execute ins (1, 1, 'again', 1, now(), null)

execute inside (1)

-- simple-only
prepare msg (int) as select count(*) from orders_p where tenant = $1; execute msg (1); deallocate msg; select 1

-- # local tables and no tables
prepare loc (int, text) as insert into local_p values ($1, $2) returning *

execute loc (10, 'ten')

execute loc (11, noted('eleven'))

-- error 23505
execute loc (10, 'ten')

-- error 42601
execute loc (10)

prepare nothing_p as select $1::int + $2::int as sum

execute nothing_p (1, 2)

execute nothing_p (1.6, '2')

prepare vals as values (1, 'a'), (2, 'b')

execute vals

prepare all_p (int) as select l.a, o.id from local_p l join orders_p o on o.tenant = l.a where l.a > $1 order by 1, 2

execute all_p (0)

-- # rows that become a table
create table made_p as execute many ('{1,5}')

select * from made_p order by 1

create table empty_p as execute many ('{1,5}') with no data

select * from empty_p

-- error 42601
create table wrong_p as execute many

-- # rows in parts
-- fetch 2
execute windowed (5)

-- fetch 1
execute one (1)

-- fetch 3
execute hard (5)

-- # the schema changes
prepare star (int) as select * from codes_p where code = $1::text

execute star (1)

prepare ids as select id from orders_p where tenant = 1 order by id

execute ids

alter table orders_p add column extra int default 5

execute ids

execute inside (1)

prepare extra as select extra from orders_p where tenant = 1 and id = 1

execute extra

alter table orders_p drop column extra

-- error 42703
execute extra

-- # what takes them all
deallocate all

-- error 26000
execute inside (1)

-- error 26000
execute loc (1, 'x')

select count(*) from pg_prepared_statements where from_sql

prepare last (int) as select count(*) from orders_p where tenant = $1

execute last (1)

discard all

-- error 26000
execute last (1)

drop function pick(int), noted(text)

drop table visits_p

drop type mood

drop sequence numbers_p
