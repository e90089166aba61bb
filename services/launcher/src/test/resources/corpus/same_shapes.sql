-- # texts that differ in constants only, often enough that workers get parameters in their place

create type mood as enum ('sad', 'ok', 'happy')

create domain short as varchar(6) check (value <> 'bad')

create table shapes (k int, id bigint, s smallint, n numeric(8,2), f float8, t text, v varchar(5), c char(3), d date, at timestamp, tz timestamptz, iv interval, j jsonb, a int[], m mood, sh short, b boolean, by bytea, u uuid, primary key (k, id))

-- mesh
select create_distributed_table('shapes', 'k')

insert into shapes values (1, 10, 1, 1.25, 1.5, 'text 1', 'v1', 'c1', '2024-01-01', '2024-01-01 10:00', '2024-01-01 10:00+02', '1 days', '{"a": 1}', '{1,2}', 'ok', 'sh1', 'yes', '\x01', '00000000-0000-0000-0000-000000000001')

insert into shapes values (2, 20, 2, 2.25, 2.5, 'text 2', 'v2', 'c2', '2024-01-02', '2024-01-02 10:00', '2024-01-02 10:00+02', '2 days', '{"a": 2}', '{2,2}', 'ok', 'sh2', 'yes', '\x02', '00000000-0000-0000-0000-000000000002')

insert into shapes values (3, 30, 3, 3.25, 3.5, 'text 3', 'v3', 'c3', '2024-01-03', '2024-01-03 10:00', '2024-01-03 10:00+02', '3 days', '{"a": 3}', '{3,2}', 'ok', 'sh3', 'yes', '\x03', '00000000-0000-0000-0000-000000000003')

insert into shapes values (4, 40, 4, 4.25, 4.5, 'text 4', 'v4', 'c4', '2024-01-04', '2024-01-04 10:00', '2024-01-04 10:00+02', '4 days', '{"a": 4}', '{4,2}', 'ok', 'sh4', 'yes', '\x04', '00000000-0000-0000-0000-000000000004')

insert into shapes values (5, 50, 5, 5.25, 5.5, 'text 5', 'v5', 'c5', '2024-01-05', '2024-01-05 10:00', '2024-01-05 10:00+02', '5 days', '{"a": 5}', '{5,2}', 'ok', 'sh5', 'yes', '\x05', '00000000-0000-0000-0000-000000000005')

insert into shapes values (6, 60, 6, 6.25, 6.5, 'text 6', 'v6', 'c6', '2024-01-06', '2024-01-06 10:00', '2024-01-06 10:00+02', '6 days', '{"a": 6}', '{6,2}', 'ok', 'sh6', 'yes', '\x06', '00000000-0000-0000-0000-000000000006')

insert into shapes values (7, 70, 7, 7.25, 7.5, 'text 7', 'v7', 'c7', '2024-01-07', '2024-01-07 10:00', '2024-01-07 10:00+02', '7 days', '{"a": 7}', '{7,2}', 'ok', 'sh7', 'yes', '\x07', '00000000-0000-0000-0000-000000000007')

select * from shapes where k = 1

select * from shapes where k = 2

select * from shapes where k = 3

select * from shapes where k = 4

select * from shapes where k = 5

select * from shapes where k = 6

select * from shapes where k = 7

select id + 5, n * 2, -id, f / 2, t || '!', s - 1 from shapes where k = 1 and id > 10

select id + 5, n * 2, -id, f / 2, t || '!', s - 1 from shapes where k = 2 and id > 20

select id + 5, n * 2, -id, f / 2, t || '!', s - 1 from shapes where k = 3 and id > 30

select id + 5, n * 2, -id, f / 2, t || '!', s - 1 from shapes where k = 4 and id > 40

select id + 5, n * 2, -id, f / 2, t || '!', s - 1 from shapes where k = 5 and id > 50

select id + 5, n * 2, -id, f / 2, t || '!', s - 1 from shapes where k = 6 and id > 60

select id + 5, n * 2, -id, f / 2, t || '!', s - 1 from shapes where k = 7 and id > 70

select t from shapes where k = 1 and t = 'text 1'

select t from shapes where k = 2 and t = 'text 2'

select t from shapes where k = 3 and t = 'text 3'

select t from shapes where k = 4 and t = 'text 4'

select t from shapes where k = 5 and t = 'text 5'

select t from shapes where k = 6 and t = 'text 6'

select t from shapes where k = 7 and t = 'text 7'

select k from shapes where k = 1 and d >= '2024-01-01' and at < '2025-01-01' and tz > '2020-01-01 00:00+00'

select k from shapes where k = 2 and d >= '2024-01-02' and at < '2025-01-01' and tz > '2020-01-01 00:00+00'

select k from shapes where k = 3 and d >= '2024-01-03' and at < '2025-01-01' and tz > '2020-01-01 00:00+00'

select k from shapes where k = 4 and d >= '2024-01-04' and at < '2025-01-01' and tz > '2020-01-01 00:00+00'

select k from shapes where k = 5 and d >= '2024-01-05' and at < '2025-01-01' and tz > '2020-01-01 00:00+00'

select k from shapes where k = 6 and d >= '2024-01-06' and at < '2025-01-01' and tz > '2020-01-01 00:00+00'

select k from shapes where k = 7 and d >= '2024-01-07' and at < '2025-01-01' and tz > '2020-01-01 00:00+00'

select k from shapes where k = 1 and id between 10 and 1001 and s in (1, 3) and m > 'sad'

select k from shapes where k = 2 and id between 20 and 1002 and s in (2, 3) and m > 'sad'

select k from shapes where k = 3 and id between 30 and 1003 and s in (3, 3) and m > 'sad'

select k from shapes where k = 4 and id between 40 and 1004 and s in (4, 3) and m > 'sad'

select k from shapes where k = 5 and id between 50 and 1005 and s in (5, 3) and m > 'sad'

select k from shapes where k = 6 and id between 60 and 1006 and s in (6, 3) and m > 'sad'

select k from shapes where k = 7 and id between 70 and 1007 and s in (7, 3) and m > 'sad'

select j ->> 'a', j -> 'a', j @> '{"a": 1}', a || 1, a @> '{1}' from shapes where k = 1

select j ->> 'a', j -> 'a', j @> '{"a": 2}', a || 2, a @> '{2}' from shapes where k = 2

select j ->> 'a', j -> 'a', j @> '{"a": 3}', a || 3, a @> '{3}' from shapes where k = 3

select j ->> 'a', j -> 'a', j @> '{"a": 4}', a || 4, a @> '{4}' from shapes where k = 4

select j ->> 'a', j -> 'a', j @> '{"a": 5}', a || 5, a @> '{5}' from shapes where k = 5

select j ->> 'a', j -> 'a', j @> '{"a": 6}', a || 6, a @> '{6}' from shapes where k = 6

select j ->> 'a', j -> 'a', j @> '{"a": 7}', a || 7, a @> '{7}' from shapes where k = 7

select n + 1.5, n = 1.25, f > 0.1, iv + '1 day', d + 1, d - '2024-01-01', at - '2024-01-01 00:00' from shapes where k = 1

select n + 1.5, n = 2.25, f > 0.2, iv + '1 day', d + 2, d - '2024-01-01', at - '2024-01-01 00:00' from shapes where k = 2

select n + 1.5, n = 3.25, f > 0.3, iv + '1 day', d + 3, d - '2024-01-01', at - '2024-01-01 00:00' from shapes where k = 3

select n + 1.5, n = 4.25, f > 0.4, iv + '1 day', d + 4, d - '2024-01-01', at - '2024-01-01 00:00' from shapes where k = 4

select n + 1.5, n = 5.25, f > 0.5, iv + '1 day', d + 5, d - '2024-01-01', at - '2024-01-01 00:00' from shapes where k = 5

select n + 1.5, n = 6.25, f > 0.6, iv + '1 day', d + 6, d - '2024-01-01', at - '2024-01-01 00:00' from shapes where k = 6

select n + 1.5, n = 7.25, f > 0.7, iv + '1 day', d + 7, d - '2024-01-01', at - '2024-01-01 00:00' from shapes where k = 7

select v = 'v1', c = 'c1', sh = 'sh1', by = '\x01', u = '00000000-0000-0000-0000-000000000001', b = 'yes' from shapes where k = 1

select v = 'v2', c = 'c2', sh = 'sh2', by = '\x02', u = '00000000-0000-0000-0000-000000000002', b = 'yes' from shapes where k = 2

select v = 'v3', c = 'c3', sh = 'sh3', by = '\x03', u = '00000000-0000-0000-0000-000000000003', b = 'yes' from shapes where k = 3

select v = 'v4', c = 'c4', sh = 'sh4', by = '\x04', u = '00000000-0000-0000-0000-000000000004', b = 'yes' from shapes where k = 4

select v = 'v5', c = 'c5', sh = 'sh5', by = '\x05', u = '00000000-0000-0000-0000-000000000005', b = 'yes' from shapes where k = 5

select v = 'v6', c = 'c6', sh = 'sh6', by = '\x06', u = '00000000-0000-0000-0000-000000000006', b = 'yes' from shapes where k = 6

select v = 'v7', c = 'c7', sh = 'sh7', by = '\x07', u = '00000000-0000-0000-0000-000000000007', b = 'yes' from shapes where k = 7

update shapes set n = n + 1.555, t = t || 'x1', v = '1', s = s + 1, at = at + '1 hours' where k = 1 and id = 10

update shapes set n = n + 2.555, t = t || 'x2', v = '2', s = s + 2, at = at + '2 hours' where k = 2 and id = 20

update shapes set n = n + 3.555, t = t || 'x3', v = '3', s = s + 3, at = at + '3 hours' where k = 3 and id = 30

update shapes set n = n + 4.555, t = t || 'x4', v = '4', s = s + 4, at = at + '4 hours' where k = 4 and id = 40

update shapes set n = n + 5.555, t = t || 'x5', v = '5', s = s + 5, at = at + '5 hours' where k = 5 and id = 50

update shapes set n = n + 6.555, t = t || 'x6', v = '6', s = s + 6, at = at + '6 hours' where k = 6 and id = 60

update shapes set n = n + 7.555, t = t || 'x7', v = '7', s = s + 7, at = at + '7 hours' where k = 7 and id = 70

update shapes set j = j || '{"b": "it''s 1"}', m = 'happy', c = '1', iv = iv * 1 where k = 1 returning j, m, c, iv

update shapes set j = j || '{"b": "it''s 2"}', m = 'happy', c = '2', iv = iv * 2 where k = 2 returning j, m, c, iv

update shapes set j = j || '{"b": "it''s 3"}', m = 'happy', c = '3', iv = iv * 3 where k = 3 returning j, m, c, iv

update shapes set j = j || '{"b": "it''s 4"}', m = 'happy', c = '4', iv = iv * 4 where k = 4 returning j, m, c, iv

update shapes set j = j || '{"b": "it''s 5"}', m = 'happy', c = '5', iv = iv * 5 where k = 5 returning j, m, c, iv

update shapes set j = j || '{"b": "it''s 6"}', m = 'happy', c = '6', iv = iv * 6 where k = 6 returning j, m, c, iv

update shapes set j = j || '{"b": "it''s 7"}', m = 'happy', c = '7', iv = iv * 7 where k = 7 returning j, m, c, iv

select k % 2 + 1, count(*), sum(id + 1) from shapes where k = 1 group by k % 2 + 1

select k % 2 + 2, count(*), sum(id + 2) from shapes where k = 2 group by k % 2 + 2

select k % 2 + 3, count(*), sum(id + 3) from shapes where k = 3 group by k % 2 + 3

select k % 2 + 4, count(*), sum(id + 4) from shapes where k = 4 group by k % 2 + 4

select k % 2 + 5, count(*), sum(id + 5) from shapes where k = 5 group by k % 2 + 5

select k % 2 + 6, count(*), sum(id + 6) from shapes where k = 6 group by k % 2 + 6

select k % 2 + 7, count(*), sum(id + 7) from shapes where k = 7 group by k % 2 + 7

select distinct t || '1' from shapes where k = 1 order by t || '1'

select distinct t || '2' from shapes where k = 2 order by t || '2'

select distinct t || '3' from shapes where k = 3 order by t || '3'

select distinct t || '4' from shapes where k = 4 order by t || '4'

select distinct t || '5' from shapes where k = 5 order by t || '5'

select distinct t || '6' from shapes where k = 6 order by t || '6'

select distinct t || '7' from shapes where k = 7 order by t || '7'

select t from shapes where k = 1 and t like 'text%' and length(t) > 1

select t from shapes where k = 2 and t like 'text%' and length(t) > 2

select t from shapes where k = 3 and t like 'text%' and length(t) > 3

select t from shapes where k = 4 and t like 'text%' and length(t) > 4

select t from shapes where k = 5 and t like 'text%' and length(t) > 5

select t from shapes where k = 6 and t like 'text%' and length(t) > 6

select t from shapes where k = 7 and t like 'text%' and length(t) > 7

select 'a1' = 'a' || '1', 1 + 1, k = any ('{1,2}') from shapes where k = 1

select 'a2' = 'a' || '2', 1 + 2, k = any ('{2,2}') from shapes where k = 2

select 'a3' = 'a' || '3', 1 + 3, k = any ('{3,2}') from shapes where k = 3

select 'a4' = 'a' || '4', 1 + 4, k = any ('{4,2}') from shapes where k = 4

select 'a5' = 'a' || '5', 1 + 5, k = any ('{5,2}') from shapes where k = 5

select 'a6' = 'a' || '6', 1 + 6, k = any ('{6,2}') from shapes where k = 6

select 'a7' = 'a' || '7', 1 + 7, k = any ('{7,2}') from shapes where k = 7

select case when k = 1 then 'one' else 'two' end, coalesce(t, 'none') || 'z1' from shapes where k = 1

select case when k = 2 then 'one' else 'two' end, coalesce(t, 'none') || 'z2' from shapes where k = 2

select case when k = 3 then 'one' else 'two' end, coalesce(t, 'none') || 'z3' from shapes where k = 3

select case when k = 4 then 'one' else 'two' end, coalesce(t, 'none') || 'z4' from shapes where k = 4

select case when k = 5 then 'one' else 'two' end, coalesce(t, 'none') || 'z5' from shapes where k = 5

select case when k = 6 then 'one' else 'two' end, coalesce(t, 'none') || 'z6' from shapes where k = 6

select case when k = 7 then 'one' else 'two' end, coalesce(t, 'none') || 'z7' from shapes where k = 7

select sum(id + 1) over (order by id + 1) from shapes where k = 1

select sum(id + 2) over (order by id + 2) from shapes where k = 2

select sum(id + 3) over (order by id + 3) from shapes where k = 3

select sum(id + 4) over (order by id + 4) from shapes where k = 4

select sum(id + 5) over (order by id + 5) from shapes where k = 5

select sum(id + 6) over (order by id + 6) from shapes where k = 6

select sum(id + 7) over (order by id + 7) from shapes where k = 7

select * from (select id + 1 as x from shapes where k = 1) q where x > 10

select * from (select id + 2 as x from shapes where k = 2) q where x > 20

select * from (select id + 3 as x from shapes where k = 3) q where x > 30

select * from (select id + 4 as x from shapes where k = 4) q where x > 40

select * from (select id + 5 as x from shapes where k = 5) q where x > 50

select * from (select id + 6 as x from shapes where k = 6) q where x > 60

select * from (select id + 7 as x from shapes where k = 7) q where x > 70

insert into shapes (k, id, t, n, d) values (1, 5001, 'new 1', 1.125, '2024-02-01') returning id, t, n, d

insert into shapes (k, id, t, n, d) values (2, 5002, 'new 2', 2.125, '2024-02-02') returning id, t, n, d

insert into shapes (k, id, t, n, d) values (3, 5003, 'new 3', 3.125, '2024-02-03') returning id, t, n, d

insert into shapes (k, id, t, n, d) values (4, 5004, 'new 4', 4.125, '2024-02-04') returning id, t, n, d

insert into shapes (k, id, t, n, d) values (5, 5005, 'new 5', 5.125, '2024-02-05') returning id, t, n, d

insert into shapes (k, id, t, n, d) values (6, 5006, 'new 6', 6.125, '2024-02-06') returning id, t, n, d

insert into shapes (k, id, t, n, d) values (7, 5007, 'new 7', 7.125, '2024-02-07') returning id, t, n, d

insert into shapes (k, id, v) values (1, 6001, 'abc'), (1, 7001, null)

insert into shapes (k, id, v) values (2, 6002, 'abc'), (2, 7002, null)

insert into shapes (k, id, v) values (3, 6003, 'abc'), (3, 7003, null)

insert into shapes (k, id, v) values (4, 6004, 'abc'), (4, 7004, null)

insert into shapes (k, id, v) values (5, 6005, 'abc'), (5, 7005, null)

insert into shapes (k, id, v) values (6, 6006, 'abc'), (6, 7006, null)

insert into shapes (k, id, v) values (7, 6007, 'abc'), (7, 7007, null)

insert into shapes (k, id, t) values (1, 10, 'again') on conflict (k, id) do update set t = excluded.t || '1' where shapes.t <> 'never1' returning t

insert into shapes (k, id, t) values (2, 20, 'again') on conflict (k, id) do update set t = excluded.t || '2' where shapes.t <> 'never2' returning t

insert into shapes (k, id, t) values (3, 30, 'again') on conflict (k, id) do update set t = excluded.t || '3' where shapes.t <> 'never3' returning t

insert into shapes (k, id, t) values (4, 40, 'again') on conflict (k, id) do update set t = excluded.t || '4' where shapes.t <> 'never4' returning t

insert into shapes (k, id, t) values (5, 50, 'again') on conflict (k, id) do update set t = excluded.t || '5' where shapes.t <> 'never5' returning t

insert into shapes (k, id, t) values (6, 60, 'again') on conflict (k, id) do update set t = excluded.t || '6' where shapes.t <> 'never6' returning t

insert into shapes (k, id, t) values (7, 70, 'again') on conflict (k, id) do update set t = excluded.t || '7' where shapes.t <> 'never7' returning t

delete from shapes where k = 1 and id = 6001

delete from shapes where k = 2 and id = 6002

delete from shapes where k = 3 and id = 6003

delete from shapes where k = 4 and id = 6004

delete from shapes where k = 5 and id = 6005

delete from shapes where k = 6 and id = 6006

delete from shapes where k = 7 and id = 6007

select now() - now() = '0', at > 'today' from shapes where k = 1 and id = 10

select now() - now() = '0', at > 'today' from shapes where k = 2 and id = 20

select now() - now() = '0', at > 'today' from shapes where k = 3 and id = 30

select now() - now() = '0', at > 'today' from shapes where k = 4 and id = 40

select now() - now() = '0', at > 'today' from shapes where k = 5 and id = 50

select now() - now() = '0', at > 'today' from shapes where k = 6 and id = 60

select now() - now() = '0', at > 'today' from shapes where k = 7 and id = 70

select k from shapes where k = 1 and (id, s) > (1, 1 - 1)

select k from shapes where k = 2 and (id, s) > (1, 2 - 1)

select k from shapes where k = 3 and (id, s) > (1, 3 - 1)

select k from shapes where k = 4 and (id, s) > (1, 4 - 1)

select k from shapes where k = 5 and (id, s) > (1, 5 - 1)

select k from shapes where k = 6 and (id, s) > (1, 6 - 1)

select k from shapes where k = 7 and (id, s) > (1, 7 - 1)

select E'a\tb1' || t, $$d1$$ || t from shapes where k = 1 and id = 10

select E'a\tb2' || t, $$d2$$ || t from shapes where k = 2 and id = 20

select E'a\tb3' || t, $$d3$$ || t from shapes where k = 3 and id = 30

select E'a\tb4' || t, $$d4$$ || t from shapes where k = 4 and id = 40

select E'a\tb5' || t, $$d5$$ || t from shapes where k = 5 and id = 50

select E'a\tb6' || t, $$d6$$ || t from shapes where k = 6 and id = 60

select E'a\tb7' || t, $$d7$$ || t from shapes where k = 7 and id = 70

select k from shapes where k = 1 and d = '2024-01-01'

select k from shapes where k = 2 and d = '2024-01-01'

select k from shapes where k = 3 and d = '2024-01-01'

select k from shapes where k = 4 and d = '2024-01-01'

select k from shapes where k = 5 and d = '2024-01-01'

-- error 22008
select k from shapes where k = 6 and d = '2024-13-45'

select k from shapes where k = 1 and id = '10'

select k from shapes where k = 2 and id = '20'

select k from shapes where k = 3 and id = '30'

select k from shapes where k = 4 and id = '40'

select k from shapes where k = 5 and id = '50'

-- error 22P02
select k from shapes where k = 6 and id = 'many'

select id / 1 from shapes where k = 1

select id / 2 from shapes where k = 2

select id / 3 from shapes where k = 3

select id / 4 from shapes where k = 4

select id / 5 from shapes where k = 5

-- error 22012
select id / 0 from shapes where k = 6

update shapes set v = 'a' where k = 1

update shapes set v = 'b' where k = 2

update shapes set v = 'c' where k = 3

update shapes set v = 'd' where k = 4

update shapes set v = 'e' where k = 5

-- error 22001
update shapes set v = 'too long for it' where k = 6

update shapes set m = 'sad' where k = 1

update shapes set m = 'ok' where k = 2

update shapes set m = 'sad' where k = 3

update shapes set m = 'ok' where k = 4

update shapes set m = 'sad' where k = 5

-- error 22P02
update shapes set m = 'angry' where k = 6

update shapes set s = s + 1 where k = 1

update shapes set s = s + 2 where k = 2

update shapes set s = s + 3 where k = 3

update shapes set s = s + 4 where k = 4

update shapes set s = s + 5 where k = 5

-- error 22003
update shapes set s = s + 99999 where k = 6

update shapes set sh = 'a' where k = 1

update shapes set sh = 'b' where k = 2

update shapes set sh = 'c' where k = 3

update shapes set sh = 'd' where k = 4

update shapes set sh = 'e' where k = 5

-- error 23514
update shapes set sh = 'bad' where k = 6

insert into shapes (k, id, j) values (1, 9001, '1')

insert into shapes (k, id, j) values (2, 9002, '2')

insert into shapes (k, id, j) values (3, 9003, '3')

insert into shapes (k, id, j) values (4, 9004, '4')

insert into shapes (k, id, j) values (5, 9005, '5')

-- error 22P02
insert into shapes (k, id, j) values (6, 9006, '{')

begin

update shapes set t = 'in block 1' where k = 1 and id = 10

update shapes set t = 'in block 2' where k = 2 and id = 20

update shapes set t = 'in block 3' where k = 3 and id = 30

update shapes set t = 'in block 4' where k = 4 and id = 40

update shapes set t = 'in block 5' where k = 5 and id = 50

update shapes set t = 'in block 6' where k = 6 and id = 60

update shapes set t = 'in block 7' where k = 7 and id = 70

savepoint s

-- error 22P02
update shapes set t = 'x', id = 'y' where k = 1 and id = 10

rollback to s

select count(*) from shapes where k = 1 and id >= '1'

select count(*) from shapes where k = 2 and id >= '2'

select count(*) from shapes where k = 3 and id >= '3'

select count(*) from shapes where k = 4 and id >= '4'

select count(*) from shapes where k = 5 and id >= '5'

-- error 22P02
select count(*) from shapes where k = 6 and id >= 'none'

-- error 25P02
select 1 from shapes where k = 6 and id >= '6'

rollback to s

select k, t from shapes where id = k * 10 order by k

commit

select t from shapes where k = 1 and id = 10

select t from shapes where k = 2 and id = 20

select t from shapes where k = 3 and id = 30

select t from shapes where k = 4 and id = 40

alter table shapes alter column t type varchar(40)

select t from shapes where k = 1 and id = 10

select t from shapes where k = 2 and id = 20

select t from shapes where k = 3 and id = 30

select t from shapes where k = 4 and id = 40

select t from shapes where k = 5 and id = 50

select t from shapes where k = 6 and id = 60

alter table shapes drop column f, add column g int default 7

select * from shapes where k = 1 and id = 10

select * from shapes where k = 2 and id = 20

select * from shapes where k = 3 and id = 30

select * from shapes where k = 4 and id = 40

select * from shapes where k = 5 and id = 50

select * from shapes where k = 6 and id = 60

set datestyle = 'german'

select d, at from shapes where k = 1 and d > '01.01.2024'

select d, at from shapes where k = 2 and d > '01.01.2024'

select d, at from shapes where k = 3 and d > '01.01.2024'

select d, at from shapes where k = 4 and d > '01.01.2024'

select d, at from shapes where k = 5 and d > '01.01.2024'

select d, at from shapes where k = 6 and d > '01.01.2024'

reset datestyle

select k, id, t, n, v, s, m from shapes order by k, id

drop table shapes

drop type mood

drop domain short
