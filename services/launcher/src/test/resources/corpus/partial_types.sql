-- # The first of equal queries teaches the columns of its partial rows, the second has them in parameters: so each comes twice.
create type pa_mood as enum ('sad', 'ok, "so"', 'hap''py', 'back\slash')

create type pa_pair as (a int, b text)

create domain pa_code as varchar(6) check (value <> 'bad')

create schema "Pa Odd"

create type "Pa Odd"."Kind of" as enum ('x y', '{z}')

create table pa (k int primary key, g int, t text, ti text collate "en-US-x-icu", v varchar(10), c char(6), q "char", n name, co pa_code, e pa_mood, ek "Pa Odd"."Kind of", p pa_pair, ia int[], ta text[], ea pa_mood[], pp pa_pair[], na numeric(6,2)[], by bytea, num numeric, nm numeric(8,3), r real, d double precision, b boolean, dt date, tm time(3), ttz timetz, ts timestamp(2), tz timestamptz, iv interval, u uuid, jb jsonb, j json, ip inet, ci cidr, mac macaddr, rng int4range, mr int4multirange, bt bit(4), vb varbit(9), mo money, pt point, bx box, x xml, tv tsvector, oi oid, rc regclass)

-- mesh
select create_distributed_table('pa', 'k')

insert into pa (k, g, t, ti, v, c, q, n, co, e, ek, p) values (1, 1, 'plain', 'apple', 'v', 'ab', 'a', 'name', 'code', 'sad', 'x y', (1, 'one')), (2, 1, 'quote '' and " and , and {}', 'Banana', 'NULL', 'ab  ', 'b', 'Name', 'Code', 'ok, "so"', '{z}', (2, 'comma, "quote" \ back')), (3, 1, E'back\\slash \\N \\.', 'Apple', '', '', '', '', '', 'hap''py', null, (null, null)), (4, 2, E'new\nline\r\ttab\x01', 'äpfel', 'null', 'null', null, null, null, 'back\slash', 'x y', (3, '')), (5, 2, '', 'banana', '  ', ' x', 'x', 'x y', 'a b', null, '{z}', null), (6, 2, null, null, null, null, null, null, null, 'sad', null, (1, null)), (7, 3, 'NULL', 'zebra', '{}', '"', '\', '"', '"', 'sad', 'x y', (1, 'one')), (8, 3, '日本 é 🙂', 'Ångström', '"', '\', '{', '\', '\', 'ok, "so"', 'x y', (1, 'one'))

insert into pa (k, g, ia, ta, ea, pp, na, by) values (11, 1, '{1,null,3}', '{"a b",c,null,"NULL",""}', '{sad,"ok, \"so\""}', array[row(1, 'a,"b')::pa_pair, null], '{1.50,NaN}', '\x00ff5c22'), (12, 1, '{}', '{}', '{}', '{}', '{}', ''), (13, 2, '{{1,2},{3,4}}', '[2:3]={x,"y\\z"}', null, null, '{100}', '\x5c6e'), (14, 2, '[0:1]={7,8}', E'{"new\nline"}', '{"back\\slash"}', array[row(null, '')::pa_pair], '{-0.01}', null), (15, 3, null, null, '{null}', array[row(2, null)::pa_pair], null, '\x20'), (16, 3, '{1,null,3}', '{c}', '{sad}', '{}', '{1.5,NaN}', '\x00')

insert into pa (k, g, num, nm, r, d, b) values (21, 1, 'NaN', 1.5, 'NaN', 'NaN', true), (22, 1, 'Infinity', -0.001, '-0', '-0', false), (23, 1, 1e-30, 99999.999, 'Infinity', '-Infinity', null), (24, 2, 123456789012345678901234567890.12345, 0, 1.17549435e-38, 4.9406564584124654e-324, true), (25, 2, '-Infinity', null, 3.4028235e38, 1.7976931348623157e308, true), (26, 2, null, null, 0.1, 0.1, null), (27, 3, 0.000, 0, 0, 0, false), (28, 3, -1.10, 1.1, '-Infinity', 0.30000000000000004, false)

insert into pa (k, g, dt, tm, ttz, ts, tz, iv, u, jb, j, ip, ci, mac) values (31, 1, '2020-02-29', '12:34:56.789', '12:34:56+02', '2020-02-29 12:34:56.78', '2020-02-29 12:34:56+00', '1 year 2 mons -3 days 04:05:06', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a": [1, "x\"y"], "b": null}', '{"a":1, "b":[1,2]}', '192.168.0.1/24', '10.0.0.0/8', '08:00:2b:01:02:03'), (32, 1, 'infinity', '24:00', '00:00-12', 'infinity', '-infinity', '-1 mon', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12', '"text"', '[]', '::1', '::/0', '08:00:2b:01:02:04'), (33, 2, '0044-03-15 BC', '00:00', '23:59:59.999999+14', '0044-03-15 01:02:03 BC', '2021-11-07 01:30:00-04', '00:00', null, 'null', null, null, null, null), (34, 2, null, null, null, null, null, null, null, null, null, '10.1.2.3', null, null), (35, 3, '9999-12-31', '01:02:03.004', '01:02+00', '9999-12-31 23:59:59.99', '2021-11-07 01:30:00-05', '-00:00:00.000001', '00000000-0000-0000-0000-000000000000', '{}', '{"a":1, "a":2}', '10.1.2.3/8', '10.1.2.3/32', '08:00:2b:01:02:03')

insert into pa (k, g, rng, mr, bt, vb, mo, pt, bx, x, tv, oi, rc) values (41, 1, '[1,5)', '{[1,3),[5,9)}', b'1010', b'101', '12.34', '(1,2)', '(1,1),(0,0)', '<a b="c">&amp;</a>', 'cat:1 ''a b'':2', 1, 'pg_class'), (42, 1, 'empty', '{}', b'0000', b'', '-0.01', '(1e300,-0)', '(3,3),(2,2)', null, '', 0, 'pg_type'), (43, 2, '(,5]', '{(,)}', null, null, null, null, null, '<x/>', null, 4294967295, null), (44, 3, null, null, b'1010', b'101010101', '92233720368547758.07', '(0,0)', '(1,1),(0,0)', '<y/>', 'dog', null, 'pg_class')

select g, count(*), count(t), min(t), max(t), min(v), max(v), min(c), max(c) from pa group by g order by g

select g, count(*), count(t), min(t), max(t), min(v), max(v), min(c), max(c) from pa group by g order by g

select t, count(*) from pa group by t order by t nulls first

select t, count(*) from pa group by t order by t nulls first

select v, c, count(*), sum(k) from pa group by v, c order by v, c, 4

select v, c, count(*), sum(k) from pa group by v, c order by v, c, 4

select ti, count(*) from pa group by ti order by ti

select ti, count(*) from pa group by ti order by ti

select min(ti), max(ti), min(ti collate "C"), max(ti collate "C"), min(t collate "en-US-x-icu") from pa

select min(ti), max(ti), min(ti collate "C"), max(ti collate "C"), min(t collate "en-US-x-icu") from pa

select distinct ti from pa order by ti desc

select distinct ti from pa order by ti desc

select ti collate "C" as tc, count(*) from pa group by 1 order by 1

select ti collate "C" as tc, count(*) from pa group by 1 order by 1

select k, ti from pa order by ti, k limit 5

select k, ti from pa order by ti, k limit 5

select q, count(*) from pa group by q order by q

select q, count(*) from pa group by q order by q

select n, count(*) from pa group by n order by n

select n, count(*) from pa group by n order by n

select co, count(*), max(e) from pa group by co order by co

select co, count(*), max(e) from pa group by co order by co

select e, count(*), min(co) from pa group by e order by e

select e, count(*), min(co) from pa group by e order by e

select ek, count(*), min(e), max(ek) from pa group by ek order by ek

select ek, count(*), min(e), max(ek) from pa group by ek order by ek

select p, count(*) from pa group by p order by p

select p, count(*) from pa group by p order by p

select ia, count(*) from pa group by ia order by ia

select ia, count(*) from pa group by ia order by ia

select min(ia), max(ia), min(ta), max(ta), min(ea)::text, max(ea)::text, max(pp)::text, max(na) from pa

select min(ia), max(ia), min(ta), max(ta), min(ea)::text, max(ea)::text, max(pp)::text, max(na) from pa

select ta, count(*) from pa group by ta order by ta

select ta, count(*) from pa group by ta order by ta

select ea::text, pp::text, count(*) from pa group by ea, pp order by ea, pp

select ea::text, pp::text, count(*) from pa group by ea, pp order by ea, pp

select na, count(*) from pa group by na order by na

select na, count(*) from pa group by na order by na

select "by", count(*) from pa group by "by" order by "by"

select "by", count(*) from pa group by "by" order by "by"

select min("by"), max("by") from pa

select min("by"), max("by") from pa

select g, min(num), max(num), sum(num), avg(num), min(nm), max(nm), sum(nm), avg(nm) from pa group by g order by g

select g, min(num), max(num), sum(num), avg(num), min(nm), max(nm), sum(nm), avg(nm) from pa group by g order by g

select nm, count(*) from pa group by nm order by nm

select nm, count(*) from pa group by nm order by nm

select num, count(*) from pa group by num order by num

select num, count(*) from pa group by num order by num

select sum(num) from pa where k > 23 and k <> 25

select sum(num) from pa where k > 23 and k <> 25

select g, min(r), max(r), min(d), max(d) from pa group by g order by g

select g, min(r), max(r), min(d), max(d) from pa group by g order by g

select r, count(*) from pa where r <> 0 group by r order by r

select r, count(*) from pa where r <> 0 group by r order by r

select d, count(*) from pa where d <> 0 group by d order by d

select d, count(*) from pa where d <> 0 group by d order by d

select k, r, d from pa where d is not null order by d, k

select k, r, d from pa where d is not null order by d, k

select k, r, d from pa where d is not null order by r desc, k limit 4

select k, r, d from pa where d is not null order by r desc, k limit 4

select g, sum(d) from pa where k = 26 or k = 28 group by g order by g

select g, sum(d) from pa where k = 26 or k = 28 group by g order by g

select b, bool_and(b), bool_or(b), every(b), count(*) filter (where b) from pa group by b order by b

select b, bool_and(b), bool_or(b), every(b), count(*) filter (where b) from pa group by b order by b

select min(dt), max(dt), min(tm), max(tm), min(ttz), max(ttz), min(ts), max(ts), min(tz), max(tz), min(iv), max(iv), sum(iv) from pa

select min(dt), max(dt), min(tm), max(tm), min(ttz), max(ttz), min(ts), max(ts), min(tz), max(tz), min(iv), max(iv), sum(iv) from pa

select ts, tm, count(*) from pa group by ts, tm order by ts, tm

select ts, tm, count(*) from pa group by ts, tm order by ts, tm

select tz, iv, count(*) from pa group by tz, iv order by tz, iv

select tz, iv, count(*) from pa group by tz, iv order by tz, iv

select u, count(*) from pa group by u order by u

select u, count(*) from pa group by u order by u

select jb, count(*) from pa group by jb order by jb

select jb, count(*) from pa group by jb order by jb

select k, j, x, pt, bx from pa where g = 1 order by k

select k, j, x, pt, bx from pa where g = 1 order by k

select k, jb, tv, pt from pa where g <> 2 order by k limit 9

select k, jb, tv, pt from pa where g <> 2 order by k limit 9

select min(ip), max(ip), count(distinct ci), count(distinct mac) from pa

select min(ip), max(ip), count(distinct ci), count(distinct mac) from pa

select rng, count(*) from pa group by rng order by rng

select rng, count(*) from pa group by rng order by rng

select mr, count(*) from pa group by mr order by mr

select mr, count(*) from pa group by mr order by mr

select bt, vb, count(*), bit_and(bt), bit_or(bt) from pa group by bt, vb order by bt, vb

select bt, vb, count(*), bit_and(bt), bit_or(bt) from pa group by bt, vb order by bt, vb

select count(mo), min(mo), max(mo), sum(mo) filter (where k < 44) from pa

select count(mo), min(mo), max(mo), sum(mo) filter (where k < 44) from pa

select oi, rc, count(*) from pa group by oi, rc order by oi, rc

select oi, rc, count(*) from pa group by oi, rc order by oi, rc

select tv, count(*) from pa group by tv order by tv

select tv, count(*) from pa group by tv order by tv

select count(*), sum(k), min(t), max(e), avg(num), bool_or(b) from pa where k < 0

select count(*), sum(k), min(t), max(e), avg(num), bool_or(b) from pa where k < 0

select g, count(*) from pa where k < 0 group by g

select g, count(*) from pa where k < 0 group by g

select k, t from pa where k < 0 order by t

select k, t from pa where k < 0 order by t

select 'x' as lit, null as nothing, 1.50 as num, count(*) from pa

select 'x' as lit, null as nothing, 1.50 as num, count(*) from pa

select t || 'y' as ty, 'const' as con, null as nul, k from pa where k < 9 order by ty, k limit 3

select t || 'y' as ty, 'const' as con, null as nul, k from pa where k < 9 order by ty, k limit 3

select count(distinct t), count(distinct e), count(distinct num), sum(distinct k) from pa

select count(distinct t), count(distinct e), count(distinct num), sum(distinct k) from pa

select g, count(*) from pa group by g having count(*) > 8 order by 2 desc, 1 limit 2

select g, count(*) from pa group by g having count(*) > 8 order by 2 desc, 1 limit 2

select nm::numeric(7,1) as short, v::varchar(2) as cut, tm::time(0) as sec, iv::interval day as days, count(*) from pa group by 1, 2, 3, 4 order by 1, 2, 3, 4

select nm::numeric(7,1) as short, v::varchar(2) as cut, tm::time(0) as sec, iv::interval day as days, count(*) from pa group by 1, 2, 3, 4 order by 1, 2, 3, 4

select distinct on (g) g, t, ts from pa order by g, t desc nulls last, ts

select distinct on (g) g, t, ts from pa order by g, t desc nulls last, ts

-- params 1.50, 'sad', 20
-- params null, 'hap''py', 3
select e, count(*), max(num * $1::numeric) from pa where e = $2::pa_mood or k > $3::int group by e order by e

-- params 1.50, 'sad', 20
-- params null, 'hap''py', 3
select e, count(*), max(num * $1::numeric) from pa where e = $2::pa_mood or k > $3::int group by e order by e

-- params '(1,one)'
-- params '(9,"a,b")'
select p, count(*) from pa where p <> $1::pa_pair group by p order by p

-- params '(1,one)'
-- params '(9,"a,b")'
select p, count(*) from pa where p <> $1::pa_pair group by p order by p

-- params 10, 'a"b\c', 2
-- params 20, null, 3
select g + $1::int as h, $2::text as what, count(*) from pa group by 1, 2 order by 1 limit $3::int

-- params 10, 'a"b\c', 2
-- params 20, null, 3
select g + $1::int as h, $2::text as what, count(*) from pa group by 1, 2 order by 1 limit $3::int

-- params '', 4, 1
-- params 'a', 2, 0
select k, t from pa where t > $1::text order by t, k limit $2::int offset $3::int

-- params '', 4, 1
-- params 'a', 2, 0
select k, t from pa where t > $1::text order by t, k limit $2::int offset $3::int

set datestyle = 'SQL, DMY'

select dt, ts, tz, count(*) from pa group by dt, ts, tz order by dt, ts, tz

select dt, ts, tz, count(*) from pa group by dt, ts, tz order by dt, ts, tz

set intervalstyle = 'sql_standard'

select iv, max(ts), sum(iv) from pa group by iv order by iv

select iv, max(ts), sum(iv) from pa group by iv order by iv

set bytea_output = 'escape'

select "by", count(*) from pa group by "by" order by "by"

select "by", count(*) from pa group by "by" order by "by"

set extra_float_digits = -3

select d, max(r), count(*) from pa where d <> 0 group by d order by d

select d, max(r), count(*) from pa where d <> 0 group by d order by d

reset all

select g, sum(d), min(r), max(iv) from pa where k = 26 or k = 28 group by g order by g

select g, sum(d), min(r), max(iv) from pa where k = 26 or k = 28 group by g order by g

begin

select g, count(*), max(t) from pa group by g order by g

select g, count(*), max(t) from pa group by g order by g

-- fetch 3
select t, count(*) from pa group by t order by t

-- fetch 2
select p, count(*) from pa group by p order by p

savepoint s

-- error 22012
select g, 1 / (count(*) - count(*)) from pa group by g

rollback to s

select g, max(e) from pa group by g order by g

alter table pa alter column nm type numeric(9,1)

select nm, count(*) from pa group by nm order by nm

select nm, count(*) from pa group by nm order by nm

rollback

select nm, count(*) from pa group by nm order by nm

select nm, count(*) from pa group by nm order by nm

alter table pa alter column nm type numeric(9,4)

select nm, count(*) from pa group by nm order by nm

select nm, count(*) from pa group by nm order by nm

alter table pa alter column v type text

select v, count(*) from pa group by v order by v

select v, count(*) from pa group by v order by v

alter table pa alter column ti type text collate "C"

select ti, count(*) from pa group by ti order by ti

select ti, count(*) from pa group by ti order by ti

-- error 22012
select g, 1 / (count(*) - count(*)) from pa group by g

-- error 22012
select g, sum(1 / (k - 7)) from pa group by g

-- fetch 3
select t, count(*) from pa group by t order by t

-- fetch 3
select t, count(*) from pa group by t order by t

select s.i, k, repeat(md5(k::text), 400) as long from pa cross join generate_series(1, 60) s(i) order by k, s.i limit 1000

select s.i, k, repeat(md5(k::text), 400) as long from pa cross join generate_series(1, 60) s(i) order by k, s.i limit 1000

select min(p)::text, max(p)::text from pa

select g, max(p) from pa group by g order by g

select max(p) filter (where g = 1)::text, count(*) from pa having max(p) is not null

select max((p).a), min((p).b) from pa

select max(row(g, t))::text from pa where t is not null

select max((g, k))::text from pa

select max(pa) is null, max((k + g) * 2) from pa where g = 0

drop table pa

drop type "Pa Odd"."Kind of"

drop schema "Pa Odd"

drop domain pa_code

drop type pa_pair, pa_mood
