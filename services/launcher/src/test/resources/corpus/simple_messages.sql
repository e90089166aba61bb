create table said (id int primary key, v text)

-- mesh
select create_distributed_table('said', 'id', shard_count => 4)

-- simple-only
-- error 42P02
select $1

-- simple-only
-- error 42P02
select 1 as one, $2 is null

-- simple-only
-- error 42P02
insert into said values ($1, 'x')

-- simple-only
-- error 42P02
select * from said where id = $1

-- simple-only
select '$1', $a$ $1 $a$, 1 as a$1

-- simple-only
prepare with_parameter as select $1::int + 1

-- simple-only
execute with_parameter (1)

-- simple-only
deallocate with_parameter

-- simple-only
-- error 42601
insert into said values (1, 'a'); selec 2

-- simple-only
-- error 42601
begin; insert into said values (1, 'a'); commit; insert into said values (2, 'b') where; select 3

-- simple-only
-- error 42601
select 1; select (2; select 3

select * from said

-- simple-only
insert into said values (1, 'a'); insert into said values (2, 'b'); select * from said order by id

-- simple-only
begin; insert into said values (3, 'c'); commit; select count(*) from said

-- simple-only
-- error 23505
insert into said values (4, 'd'); insert into said values (1, 'twice')

select * from said order by id
