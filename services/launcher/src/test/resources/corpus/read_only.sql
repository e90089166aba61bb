create table ro (id int primary key, v text)

-- mesh
select create_distributed_table('ro', 'id', shard_count => 4)

insert into ro select i, 'x' from generate_series(1, 20) as i

begin read only

select count(*) from ro

-- error 25006
insert into ro values (100, 'a')

rollback

begin read only

-- error 25006
insert into ro values (100, 'a'), (101, 'b')

rollback

begin read only

-- error 25006
insert into ro select i + 100, 'x' from generate_series(1, 8) as i

rollback

begin

set transaction read only

-- error 25006
update ro set v = 'y'

rollback

begin

select count(*) from ro

set transaction_read_only = on

-- error 25006
delete from ro where id = 1

rollback

begin read only

-- error 25006
truncate ro

rollback

begin read only

-- error 25006
alter table ro add column more int

rollback

begin read only

-- error 25006
create index on ro (v)

rollback

begin read only

-- error 25006
copy ro from stdin
\data
200	x

rollback

set default_transaction_read_only = on

-- error 25006
insert into ro values (100, 'a')

-- error 25006
update ro set v = 'y'

-- error 25006
copy ro from stdin
\data
200	x

-- error 25006
alter table ro add column more int

select count(*) from ro

select v, count(*) from ro group by v order by v

begin read write

update ro set v = 'z' where id = 1

rollback

reset default_transaction_read_only

set session characteristics as transaction read only

-- error 25006
delete from ro

select count(*), max(id) from ro

set session characteristics as transaction read write

update ro set v = 'w' where id = 1

set session characteristics as transaction read only

reset default_transaction_read_only

update ro set v = 'x' where id = 1

select v, count(*) from ro group by v order by v
