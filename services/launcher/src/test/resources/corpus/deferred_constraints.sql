create table df (k int, v text, constraint df_k_id_key unique (k) deferrable initially deferred)

create table dp (k int primary key)

create table dc (k int, constraint dc_k_fkey foreign key (k) references dp (k) deferrable initially deferred)

create table dl (k int, constraint dl_k_key unique (k) deferrable)

-- mesh
select create_distributed_table('df', 'k')

-- mesh
select create_distributed_table('dp', 'k')

-- mesh
select create_distributed_table('dc', 'k', colocate_with => 'dp')

insert into df values (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')

-- # at the end of one statement, over several shards and on one; a lone Execute is told before its tag

-- simple-only
-- error 23505
insert into df values (5, 'e'), (6, 'f'), (7, 'g'), (3, 'again')

-- simple-only
-- error 23505
insert into df values (3, 'again')

begin

insert into df values (2, 'again')

-- error 23505
commit

select count(*) from df

begin

insert into df values (2, 'again')

insert into df values (50, 'x'), (51, 'x'), (52, 'x'), (53, 'x')

-- error 23505
commit

begin

insert into df values (2, 'again')

-- error 23505
set constraints all immediate

rollback

begin

insert into df values (2, 'again'), (60, 'x'), (61, 'x')

savepoint s

-- error 23505
set constraints df_k_id_key immediate

rollback to s

delete from df where v = 'again'

set constraints public.df_k_id_key, dl_k_key immediate

-- error 23505
insert into df values (4, 'again')

rollback

-- # said before any worker has joined

begin

set constraints df_k_id_key immediate

-- error 23505
insert into df values (1, 'again')

rollback

begin

set constraints df_k_id_key immediate

set constraints df_k_id_key deferred

insert into df values (1, 'again')

delete from df where v = 'again'

commit

-- # names of local tables go nowhere else

begin

set constraints dl_k_key deferred

insert into dl values (1), (1)

insert into df values (70, 'x')

-- error 23505
set constraints dl_k_key immediate

rollback

begin

-- error 42704
set constraints nosuch_key immediate

rollback

set constraints df_k_id_key immediate

-- error 42601
set constraints df_k_id_key sometimes

-- # foreign keys

begin

insert into dc values (1), (2)

-- error 23503
commit

insert into dp values (1), (2), (3)

insert into dc values (1), (2)

begin

delete from dp where k = 1

-- error 23503
set constraints dc_k_fkey immediate

rollback

begin

delete from dp where k in (1, 3)

-- error 23503
commit

begin

set constraints all immediate

-- error 23503
delete from dp where k = 2

rollback

-- # domains and types

create domain positive as int

create type mood as enum ('sad', 'happy')

create table gt (k int, v positive, m mood)

-- mesh
select create_distributed_table('gt', 'k')

insert into gt values (1, 1, 'sad'), (2, -2, 'happy')

-- error 23514
alter domain positive add check (value > 0)

-- error 2BP01
drop domain positive

-- error 2BP01
drop type mood

drop table gt

drop domain positive

drop type mood
