-- # constants among output columns that ORDER BY, GROUP BY and DISTINCT ON name

create table a1 (k int primary key, v text)

-- mesh
select create_distributed_table('a1', 'k')

insert into a1 select i, 'v' || (i * 37 % 101) from generate_series(1, 40) i

select v, 1 as c, k from a1 order by 2 desc, 3 limit 3

select k, v, 2 as c from a1 order by 3, 1 desc limit 3

select 2 as c, v, k from a1 order by c desc nulls last, k limit 2

select v, 9 as c, k from a1 order by 2 desc, 3 limit 3

select 'x' as c, k from a1 order by 1, 2 limit 2

select true as c from a1 order by c limit 2

select null as c, k from a1 order by c, k limit 2

select -1 as c, k from a1 order by c, k limit 2 offset 1

select 1.5 as c, k from a1 order by c, k desc limit 2

select date '2024-01-01' as c, k from a1 order by c, k desc limit 2

select *, 3 as c from a1 order by c, k limit 2

-- params 1
-- params 2
select $1::int as c, k from a1 order by c, k limit 2

select k, 2 as c, count(*) from a1 group by k, c order by 1 limit 3

select 3 as c, k, count(*) from a1 group by 1, 2 order by c, k limit 3

select 'x' as c, k, max(v) from a1 group by c, k order by c, k limit 3

select 5 as c, count(*) from a1 group by c

select 'x' as c, count(*) from a1 group by 1 order by c limit 1

select distinct on (c, k) 7 as c, k, v from a1 order by c, k limit 2

select distinct 7 as c, k from a1 order by c, k limit 2

select 7 as c, k, v from a1 order by c, v, k limit 2 for update

-- error 42P10
select v, 9 as c from a1 order by 4 limit 3

-- error 42P10
select v, 9 as c from a1 order by -1 limit 3

-- error 42601
select v, 9 as c from a1 order by 'x' limit 3

-- # the coordinator database reads shards in no order, however dear sorting may be

create table d1 (a int not null, b int, c text, n numeric(8, 2), t timestamp, primary key (a, b))

create table d2 (a int, x int, y text, d date, e int)

create table r1 (id int primary key, name text, cat int)

create table l1 (id int, z int, tx text)

-- mesh
select create_distributed_table('d1', 'a', shard_count => 4)

-- mesh
select create_distributed_table('d2', 'a', colocate_with => 'd1')

-- mesh
select create_reference_table('r1')

insert into d1 select i % 13, i, 'c', 1, '2024-01-02' from generate_series(0, 69) i

insert into d2 select i % 13, i, 'y', '2024-01-01', i from generate_series(1, 60) i

insert into r1 select i, 'n', i from generate_series(1, 10) i

insert into l1 select i, i, 't' from generate_series(1, 15) i

select q1.a from d1 q1 cross join d1 q2 join r1 q3 on q1.a = q3.cat where (q2.t)::date not in (select max(q5.d) from l1 q4 left join d2 q5 on true where q5.d < all (select q5.d from d1 q6 where q2.c < q5.y) group by q4.tx) order by q2.a, q2.n limit 1
