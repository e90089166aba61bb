create table ty (k int primary key, b boolean, s smallint, i bigint, n numeric, r real, d double precision, t text, c char(5), v varchar(10), by bytea, dt date, tm time, ttz timetz, ts timestamp, tz timestamptz, iv interval, u uuid, j json, jb jsonb, ip inet, ci cidr, mac macaddr, ia int[], ta text[], i4r int4range, bt bit(4), vb varbit, x xml, pt point, m money)

-- mesh
select create_distributed_table('ty', 'k')

insert into ty values (1, true, 32767, 9223372036854775807, 12345.678901234567890, 1.5, 2.25, 'text é 日本', 'abc', 'varchar', '\xdeadbeef', '2020-02-29', '12:34:56.789', '12:34:56+02', '2020-02-29 12:34:56.789', '2020-02-29 12:34:56+00', '1 year 2 mons 3 days 04:05:06', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a":1, "b":[1,2]}', '{"b":2,"a":1}', '192.168.0.1/24', '10.0.0.0/8', '08:00:2b:01:02:03', '{1,null,3}', '{"a b",c,null}', '[1,5)', b'1010', b'101', '<a>1</a>', '(1,2)', '12.34')

insert into ty (k) values (2)

insert into ty (k, b, n, d, ts, ia, t) values (3, false, 'NaN', 'Infinity', 'infinity', '{{1,2},{3,4}}', '')

select * from ty order by k

select * from ty where k = 1

select n, d, r from ty order by k

select ia[1], ta[2], array_length(ia, 1), ia || 7, ta @> array['c'] from ty where k = 1

select jb -> 'a', jb ->> 'b', j -> 'b' -> 0, jb || '{"c": 3}', jb - 'a', jb ? 'a' from ty where k = 1

select jb @? '$.a', jb @@ '$.a == 1', jsonb_path_query_first(jb, '$.b') from ty where k = 1

select lower(i4r), upper(i4r), 3 <@ i4r, i4r && int4range(4, 9) from ty where k = 1

select ip, host(ip), ip << '192.168.0.0/16', ci from ty where k = 1

select dt + 1, ts - interval '1 day', extract(epoch from iv), age(ts, '2019-01-01'::timestamp), tz at time zone 'Asia/Tokyo' from ty where k = 1

select encode(by, 'hex'), length(by), md5(t) from ty where k = 1

select pt <-> point '(4,6)', bt & b'0110', u::text from ty where k = 1

select sum(s), sum(i), avg(n), max(u::text), min(dt), max(tz), sum(iv), max(ip), array_agg(k order by k), count(b) from ty

select max(n), min(d), sum(d) from ty where k < 3

select k from ty where u = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'

select k from ty where jb = '{"a": 1, "b": 2}'

select b, count(*) from ty group by b order by b nulls last

select t, count(*) from ty group by t order by t

select ia, count(*) from ty group by ia order by ia nulls first

select ts, ia from ty order by ts desc nulls last, k

select distinct c, v from ty order by 1, 2

set datestyle = 'SQL, DMY'

select dt, ts from ty where k = 1

select min(ts), max(dt) from ty

set timezone = 'Asia/Tokyo'

select tz, tz::date from ty where k = 1

select max(tz) from ty

set intervalstyle = 'iso_8601'

select iv from ty where k = 1

select sum(iv) from ty

set extra_float_digits = 0

select d / 3 from ty where k = 1

set bytea_output = 'escape'

select by from ty where k = 1

reset all

show datestyle

show timezone

create table by_text (k text primary key, v int)

-- mesh
select create_distributed_table('by_text', 'k')

insert into by_text values ('a', 1), ('b', 2), ('', 3), ('日本', 4), ('it''s', 5), (E'tab\there', 6), ('null', 7)

select v from by_text where k = 'it''s'

select v from by_text where k = E'tab\there'

select v from by_text where k = ''

select v from by_text where k = $$日本$$

-- params a
-- params ''
-- params 'it''s'
select v from by_text where k = $1

select * from by_text order by v

create table by_uuid (k uuid primary key, v int)

-- mesh
select create_distributed_table('by_uuid', 'k')

insert into by_uuid values ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 1), ('{b0eebc999c0b4ef8bb6d6bb9bd380a11}', 2)

select v from by_uuid where k = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'

update by_uuid set v = 9 where k = 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' returning *

create table by_date (k date, v numeric)

-- mesh
select create_distributed_table('by_date', 'k')

insert into by_date select date '2020-01-01' + i, i from generate_series(0, 30) i

select v from by_date where k = '2020-01-15'

select v from by_date where k = date '2020-01-15' + 1

select count(*), sum(v) from by_date where k between '2020-01-10' and '2020-01-20'

create table by_numeric (k numeric, v int)

-- mesh
select create_distributed_table('by_numeric', 'k')

insert into by_numeric values (1, 1), (1.0, 2), (1.00, 3), (2.5, 4), (-7, 5), (123456789012345678901234567890, 6)

select v from by_numeric where k = 1 order by v

select v from by_numeric where k = 1.0 order by v

select v from by_numeric where k = 123456789012345678901234567890

create table by_ts (k timestamptz, v int)

-- mesh
select create_distributed_table('by_ts', 'k')

insert into by_ts values ('2020-01-01 00:00:00+00', 1), ('2020-01-01 09:00:00+09', 2), ('infinity', 3)

select v from by_ts where k = '2020-01-01 01:00:00+01' order by v

select v from by_ts where k = 'infinity'

create table by_bool (k boolean, v int)

-- mesh
select create_distributed_table('by_bool', 'k')

insert into by_bool values (true, 1), (false, 2), ('yes', 3), ('off', 4)

select v from by_bool where k order by v

select v from by_bool where k = false order by v

create table by_smallint (k smallint, v int)

-- mesh
select create_distributed_table('by_smallint', 'k')

insert into by_smallint values (-5, 1), (5, 2), (32767, 3)

select v from by_smallint where k = -5

-- error 22003
insert into by_smallint values (40000, 1)

select v from by_smallint where k = 40000

select v from by_smallint where k = 5.0

create table by_char (k char(4), v int)

-- mesh
select create_distributed_table('by_char', 'k')

insert into by_char values ('a', 1), ('ab  ', 2)

select v from by_char where k = 'a   '

select v from by_char where k = 'ab'
