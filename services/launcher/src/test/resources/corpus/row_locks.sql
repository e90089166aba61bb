-- # FOR UPDATE, FOR SHARE over several shards, in whatever tier finds the rows

create table jobs (k int primary key, queue int, note text)

-- mesh
select create_distributed_table('jobs', 'k')

create table runs (job int, run int, primary key (job, run))

-- mesh
select create_distributed_table('runs', 'job', colocate_with => 'jobs')

create table owners (id int, queue int, primary key (id, queue))

-- mesh
select create_distributed_table('owners', 'queue', colocate_with => 'none')

create table queues (id int primary key, name text)

-- mesh
select create_reference_table('queues')

create table picks (id int primary key)

insert into jobs select i, i % 5, 'job ' || i from generate_series(1, 60) i

insert into runs select i % 60, i from generate_series(1, 150) i

insert into owners select i, i % 5 from generate_series(1, 20) i

insert into queues select i, 'queue ' || i from generate_series(0, 6) i

insert into picks select generate_series(10, 30)

select k from jobs for update

select k, note from jobs order by k limit 4 for update

select k, note from jobs order by k desc for update limit 4

select k, note from jobs order by queue, k limit 3 offset 2 for no key update

select k from jobs order by k fetch first 3 rows only for share

select k from jobs order by k limit 1 + 1 for key share

-- volatile
select k from jobs for update limit 7

-- volatile
select k from jobs limit 7 for update skip locked

select queue from jobs order by note limit 5 for update nowait

select k from jobs where k in (3, 8, 21) order by k for update skip locked

select j.k, r.run from jobs j join runs r on r.job = j.k order by r.run limit 5 for update

select j.k, r.run from jobs j join runs r on r.job = j.k order by r.run limit 5 for update of j

select j.k, r.run from jobs j join runs r on r.job = j.k where j.queue = 2 for share of r for update of j

select j.k, o.id from jobs j join owners o on o.id = j.k order by 1, 2 for update

select j.k, o.id from jobs j, owners o where o.id = j.k and o.queue = 3 order by 1 limit 2 for no key update of o

select j.k, q.name from jobs j join queues q on q.id = j.queue order by 1 limit 3 for update

select j.k, q.name from jobs j join queues q on q.id = j.queue order by 1 limit 3 for share of j

select j.k, p.id from jobs j join picks p on p.id = j.k order by 1 limit 3 for update of j

select j.k, p.id from jobs j join picks p on p.id = j.k order by 1 limit 3 for update of p

select * from (select k, queue from jobs where queue = 1 for update) s order by k limit 3

with taken as (select k from jobs where queue = 4 for update) select count(*), min(k) from taken

select k from jobs where k in (select job from runs where run > 140 for share) order by k for update

-- params 2
-- params 4
select k from jobs where queue = $1 order by k limit 2 for update

-- error 0A000
select distinct queue from jobs for update

-- error 0A000
select queue, count(*) from jobs group by queue for update

-- error 0A000
select k from jobs union select job from runs for update

-- error 42P01
select k from jobs order by k for update of nothing

begin read only

-- error 25006
select k from jobs order by k for update

rollback

begin

select k, note from jobs where queue = 3 order by k limit 2 for update

select o.id, j.k from jobs j join owners o on o.id = j.queue order by 1, 2 limit 2 for update

update jobs set note = 'taken' where queue = 3

update jobs set note = 'one' where k = 3

select k, note from jobs where queue = 3 order by k for update

rollback

begin

declare c cursor for select k, note from jobs order by k for update

fetch 3 from c

close c

commit

select j.k, o.id from jobs j join owners o on o.id = j.queue for update nowait

select j.k, o.id from jobs j join owners o on o.id = j.queue for update of j skip locked

with first as (select k from jobs order by k limit 3 for no key update skip locked) select sum(k) over () from first

select j.k, o.id from jobs j join owners o on o.id = j.queue for update of j nowait for share of o

select j.k, o.id from jobs j join owners o on o.id = j.queue for update of j skip locked for share of o nowait

-- params 3
select j.k, o.id from jobs j join owners o on o.id = j.queue where j.k < $1 or j.k > 58 for update nowait

select j.k, o.id from jobs j left join owners o on o.id = j.k order by 1 limit 25 for update of j skip locked

-- error 0A000
select j.k, o.id from jobs j left join owners o on o.id = j.k for update skip locked

-- error 42P01
select j.k from jobs j join owners o on o.id = j.k for update of nobody skip locked

select s.k, o.id from (select k, queue from jobs where k < 9) s join owners o on o.id = s.k order by 1 for update of s skip locked

prepare taking as select j.k, o.id from jobs j join owners o on o.id = j.queue for update nowait

execute taking

prepare few (int) as select k, note from jobs where queue = $1 order by k limit 3 for update skip locked

execute few (1)

execute few (2)

deallocate all

begin

declare c cursor for select k, note from jobs order by k for update skip locked

fetch 2 from c

move 2 in c

fetch 2 from c

-- error 55000
fetch prior from c

rollback

begin

-- error 0A000
declare c scroll cursor for select k from jobs for update skip locked

rollback

copy (select k, note from jobs order by k limit 3 for update nowait) to stdout

create table taken as select k, note from jobs order by k limit 4 for update skip locked

select * from taken

create table untaken as select k from jobs for update nowait with no data

select * from untaken

select k into took from jobs where queue = 2 order by k limit 3 for update nowait

select * from took

insert into picks select k from jobs where k > 57 for update skip locked

delete from picks where id in (select k from jobs where k > 57 order by k for update nowait) returning id

create view free_jobs as select k, queue, note from jobs where queue > 1 or k = 1 for update skip locked

select k, note from free_jobs order by k limit 4

select f.k, o.id from free_jobs f join owners o on o.id = f.k order by 1 for share of o nowait

create view seen_jobs as select k, queue from jobs

select * from seen_jobs order by k limit 3 for update nowait

select s.k, o.id from seen_jobs s join owners o on o.id = s.k order by 1 for update skip locked

create table seen as select * from seen_jobs order by k limit 2 for update skip locked

select * from seen

copy (select * from seen_jobs order by k limit 2 for update nowait) to stdout

select s.k, o.id from seen_jobs s join owners o on o.id = s.k order by 1 for update of s nowait for share of o

-- unsupported
select s.k, o.id from seen_jobs s join owners o on o.id = s.k for update of s nowait for share of o skip locked

-- unsupported
select s.k from seen_jobs s join seen_jobs t on s.k = t.queue for update of s nowait for share of t

prepare seeing as select k from seen_jobs order by k limit 2 for update nowait

execute seeing

deallocate seeing

-- unsupported
do $$ begin perform k from seen_jobs for update nowait; end $$

-- unsupported
create or replace function seeing() returns bigint language sql as 'select k from seen_jobs for update skip locked'

-- unsupported
do $$ begin execute 'select k from jobs for update nowait'; end $$

create function take(int) returns setof jobs language sql as 'select * from jobs where queue = $1 order by k limit 2 for update skip locked'

create function take_some(q int) returns table (job int, owner int) language plpgsql as $$
begin
  for job, owner in select j.k, o.id from jobs j join owners o on o.id = j.queue where j.queue = q order by 1 limit 3 for update of j nowait loop
    return next;
  end loop;
end $$

select k, note from take(1)

select * from take_some(2)

drop function take, take_some

create view local_picks as select * from picks

prepare picking as select * from local_picks order by id limit 2 for update nowait

execute picking

deallocate picking

drop view free_jobs, seen_jobs, local_picks

drop table taken, untaken, took, seen
