create function left_table() returns void language plpgsql as $$ begin create temp table left_rows (a int); insert into left_rows values (1), (2); end $$

select left_table()

select sum(a) from left_rows

insert into left_rows values (3)

select count(*) from left_rows

-- error 42P07
select left_table()

drop table left_rows

-- error 42P01
select count(*) from left_rows

create procedure left_settings() language plpgsql as $$ begin set work_mem = '5MB'; perform set_config('left.name', 'x', false); set local enable_seqscan = off; end $$

call left_settings()

show work_mem

select current_setting('left.name'), current_setting('enable_seqscan')

begin

call left_settings()

select current_setting('left.name'), current_setting('enable_seqscan')

rollback

reset all

show work_mem

select current_setting('left.name', true)

-- # undone with the transaction

begin

select left_table()

select count(*) from left_rows

rollback

-- error 42P01
select count(*) from left_rows

create function left_lock() returns void language plpgsql as $$ begin perform pg_advisory_lock(734515); end $$

-- simple-only
-- error 22012
select left_lock(), 1 / 0

select count(*) from pg_locks where locktype = 'advisory' and objid = 734515 and pid = pg_backend_pid()

select pg_advisory_unlock(734515)

select pg_advisory_unlock_all()

create function left_prepared() returns void language plpgsql as $$ begin execute 'prepare left_query as select 42 as answer'; end $$

select left_prepared()

execute left_query

deallocate left_query

create function left_cursor() returns void language plpgsql as $$ begin execute 'declare left_cursor cursor with hold for select i from generate_series(1, 5) i'; end $$

select left_cursor()

fetch 2 from left_cursor

close left_cursor

create table left_shadowed (k int primary key, v text)

-- mesh
select create_distributed_table('left_shadowed', 'k')

insert into left_shadowed values (1, 'kept'), (2, 'kept')

create function left_shadow() returns void language plpgsql as $$ begin create temp table left_shadowed as select 7 as k, 'temporary'::text as v; end $$

select v from left_shadowed where k = 1

select left_shadow()

select v from left_shadowed where k = 1

select * from left_shadowed

drop table left_shadowed

select v from left_shadowed where k = 1

create schema left_schema

create table left_schema.left_shadowed (k int, v text)

create function left_path() returns void language plpgsql as $$ begin set search_path = left_schema, public; end $$

select left_path()

select v from left_shadowed where k = 1

reset search_path

select v from left_shadowed where k = 1

create view left_view as select set_config('left.view', 'y', false) as a

select a from left_view

select current_setting('left.view')

reset all

discard temp

drop schema left_schema cascade

drop view left_view

drop table left_shadowed

drop function left_table, left_lock, left_prepared, left_cursor, left_shadow, left_path

drop procedure left_settings
