-- # functions that look into the catalogs or the state of their server, beside rows of shards

create table fu (k int primary key, v text)

create table local_fu (a int, b text)

-- mesh
select create_distributed_table('fu', 'k')

insert into fu select i, 'x ' || i from generate_series(1, 10) i

create sequence fsq

select has_table_privilege('fu', 'select'), k from fu where k = 1

select has_table_privilege('postgres', 'fu', 'select'), k from fu where k < 3 order by k

select has_column_privilege('fu', 'v', 'select'), has_any_column_privilege('fu', 'insert'), row_security_active('fu') from fu where k = 1

select has_sequence_privilege('fsq', 'usage'), has_schema_privilege('public', 'usage'), has_type_privilege('fu', 'usage') from fu where k = 2

select k from fu where has_table_privilege('fu', 'select') and k < 4 order by k

select to_regclass('fu')::text, to_regtype('fu') is null, 'fu'::regclass::text, k from fu where k = 3

select pg_get_userbyid(10), pg_is_in_recovery(), pg_trigger_depth(), k from fu where k = 1

select col_description('fu'::regclass, 1), obj_description('fu'::regclass, 'pg_class'), k from fu where k = 1

select pg_input_is_valid('1', 'integer'), pg_get_expr(null, 0), k from fu where k = 1

select k, pg_table_is_visible('fu'::regclass) from fu where k = 1

select (aclexplode(acldefault('r', 10))).privilege_type, k from fu where k = 1 order by 1

-- error 42P01
select has_table_privilege('no_such', 'select'), k from fu where k = 1

-- error 42704
select has_table_privilege('nobody_here', 'fu', 'select'), k from fu where k = 1

-- # those that only compute go to workers

select pg_size_pretty(k * 1024::bigint), pg_size_bytes('1 kB') from fu where k = 4

select pg_typeof(k), pg_typeof(v), pg_column_size(k) from fu where k = 1

update fu set v = pg_size_pretty(1024::bigint) where k = 1 returning v

delete from fu where k = 1 and pg_size_bytes(v) = 1024

insert into fu values (1, has_table_privilege('fu', 'select')::text), (11, to_regclass('fu')::text) returning *

insert into fu select k + 100, has_table_privilege('fu', 'select')::text from fu where k < 3 returning *

select * from fu where k > 10 order by k

-- unsupported
update fu set v = 'y' where k = 1000 and has_table_privilege('fu', 'select')

-- # the type of a table's rows

select null::fu from fu where k = 2

select row(k, v)::fu from fu where k = 2

select cast(row(k, v) as public.fu), (null::fu) is null from fu where k < 4 order by fu.k

select (row(k, v)::fu).v from fu where k = 2

select jsonb_populate_record(null::fu, '{"k":5}'), k from fu where k = 2

select r.v, fu.k from fu, jsonb_populate_recordset(null::fu, '[{"v":"a"},{"v":"b"}]') r where fu.k = 2 order by 1

select x.r, k from fu, jsonb_to_record('{"r": {"k": 1, "v": "z"}}') as x(r fu) where k = 2

select null::local_fu, array[row(k, v)::local_fu]::text from fu where k = 3

select array[row(k, v)]::fu[]::text from fu where k in (2, 3) order by fu.k

select pg_typeof(fu)::text, pg_typeof(f.*)::text from fu join fu f using (k) where k = 2

select pg_typeof(f)::text, k from fu f order by k limit 3

select pg_typeof(s.r)::text from (select f as r from fu f where f.k = 2) s

insert into fu values (20, (row(1, 'in a row')::fu).v) returning v

-- unsupported
update fu set v = (row(k, v)::fu).v where k = 20

-- unsupported
update fu set v = pg_typeof(fu)::text where k = 20

-- unsupported
create type fu_first as (a fu, b int)

-- plain
drop type fu_first

-- unsupported
create type fu_second as (a fu[], b int)

-- plain
drop type fu_second

-- unsupported
create type fu_third as (a local_fu)

-- plain
drop type fu_third

-- unsupported
create domain fud as fu

-- plain
drop domain fud

create type fut as (a int)

-- unsupported
alter type fut add attribute b fu

-- unsupported
alter table fu add column f local_fu

drop type fut

-- # multiranges as keys

create table by_multirange (k int4multirange primary key, v int)

-- mesh
select create_distributed_table('by_multirange', 'k')

insert into by_multirange values ('{[1,3),[3,5)}', 1), ('{}', 2), ('{(,2),[7,)}', 3)

insert into by_multirange select int4multirange(int4range(i, i + 2)), i from generate_series(10, 30) i

-- error 23505
insert into by_multirange values ('{[1,5)}', 7)

select v from by_multirange where k = '{[1,5)}'

select v from by_multirange where k = '{}'

-- params '{[12,14)}'
-- params '{(,2),[7,)}'
select v from by_multirange where k = $1

update by_multirange set v = 100 where k = '{[10,12)}' returning *

delete from by_multirange where k = '{[11,13)}'

select count(*), sum(v), max(v) from by_multirange

select a.v from by_multirange a join by_multirange b using (k) where b.v < 14 order by 1
