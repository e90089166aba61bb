-- # cursors over shards that their transaction changes

create table held (k int primary key, v int)

-- mesh
select create_distributed_table('held', 'k')

create table other (k int, v int)

-- mesh
select create_distributed_table('other', 'v', colocate_with => 'none')

insert into held select i, i % 7 from generate_series(1, 250) i

insert into other select i, i % 3 from generate_series(1, 9) i

begin

declare unread cursor with hold for select k, v from held order by k

declare partly cursor with hold for select k from held order by k desc

declare finished cursor with hold for select k from held where k < 4 order by k

declare joined cursor with hold for select h.k, o.v from held h join other o on o.k = h.k order by 1

declare none cursor with hold for select k from held where k < 0

declare back scroll cursor with hold for select k from held order by k

fetch 3 from partly

fetch all from finished

fetch 5 from back

fetch backward 2 from back

insert into held select i, 0 from generate_series(251, 300) i

update held set v = -1 where k % 2 = 0

fetch 2 from joined

commit

fetch 3 from unread

fetch 3 from partly

fetch 3 from finished

fetch all from joined

fetch 1 from none

fetch 1 from back

fetch backward all from back

move forward all from unread

select count(*), sum(v) from held

close all

-- error 34000
fetch 1 from unread

begin

delete from held where k > 240

declare rest cursor with hold for select k, v from held order by k

savepoint s

delete from held

rollback to s

commit

move 239 in rest

fetch 10 from rest

close rest

begin

declare old no scroll cursor for select k, v from held order by k

declare locking cursor for select k, v from held order by k for update

declare paired cursor for select h.k, o.k from held h join other o on o.v = h.v order by 1, 2

fetch 2 from old

delete from held where k between 2 and 5

delete from other where k > 5

fetch 4 from old

fetch 2 from locking

declare new cursor for select k, v from held order by k

update held set v = 100 where k < 10

fetch 3 from new

fetch 3 from old

fetch 7 from paired

close new

fetch all from paired

rollback

begin isolation level repeatable read read only

declare r cursor for select k from held order by k

fetch 2 from r

fetch prior from r

rollback

create view rows_of_held as select k, v from held where k <= 50

create function doubled(x int) returns int language plpgsql stable as 'begin return (select 2 * count(*) from other where k <= x); end'

begin

declare listed cursor with hold for select k, (select count(*) from other o where o.k = h.k) from held h order by k desc

declare viewed cursor with hold for select * from rows_of_held order by k

declare scroll cursor for select doubled(k), k as k, k as k from held where k < 4 order by k

-- simple-only
declare commented cursor for select k from held order by k -- the last word

fetch 2 from viewed

delete from other

update held set v = -5 where k < 60

fetch 3 from listed

fetch 2 from viewed

fetch 2 from scroll

fetch prior from scroll

commit

fetch all from listed

fetch all from viewed

close all

drop view rows_of_held

drop function doubled

drop table held, other
