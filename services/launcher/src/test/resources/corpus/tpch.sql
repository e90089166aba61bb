-- # pricing summary
select l_returnflag, l_linestatus, sum(l_quantity) as sum_qty, sum(l_extendedprice) as sum_base_price, sum(l_extendedprice * (1 - l_discount)) as sum_disc_price, sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) as sum_charge, avg(l_quantity) as avg_qty, avg(l_extendedprice) as avg_price, avg(l_discount) as avg_disc, count(*) as count_order
from lineitem where l_shipdate <= date '1998-12-01' - interval '90 days'
group by l_returnflag, l_linestatus order by l_returnflag, l_linestatus

-- # shipping priority
select l_orderkey, sum(l_extendedprice * (1 - l_discount)) as revenue, o_orderdate, o_shippriority
from customer, orders, lineitem
where c_mktsegment = 'BUILDING' and c_custkey = o_custkey and l_orderkey = o_orderkey and o_orderdate < date '1995-03-15' and l_shipdate > date '1995-03-15'
group by l_orderkey, o_orderdate, o_shippriority order by revenue desc, o_orderdate, l_orderkey limit 10

-- # order priority
select o_orderpriority, count(*) as order_count from orders
where o_orderdate >= date '1993-07-01' and o_orderdate < date '1993-07-01' + interval '3 months'
and exists (select * from lineitem where l_orderkey = o_orderkey and l_commitdate < l_receiptdate)
group by o_orderpriority order by o_orderpriority

-- # local supplier volume
select n_name, sum(l_extendedprice * (1 - l_discount)) as revenue
from customer, orders, lineitem, supplier, nation
where c_custkey = o_custkey and l_orderkey = o_orderkey and l_suppkey = s_suppkey and c_nationkey = n_nationkey
group by n_name order by revenue desc, n_name

-- # forecast
select sum(l_extendedprice * l_discount) as revenue from lineitem
where l_shipdate >= date '1994-01-01' and l_shipdate < date '1994-01-01' + interval '1 year' and l_discount between 0.05 and 0.07 and l_quantity < 24

-- # volume by year
select extract(year from l_shipdate) as l_year, sum(l_extendedprice * (1 - l_discount)) as volume from lineitem, orders where o_orderkey = l_orderkey group by l_year order by l_year

-- # returned items
select c_custkey, c_name, sum(l_extendedprice * (1 - l_discount)) as revenue, c_acctbal, n_name
from customer, orders, lineitem, nation
where c_custkey = o_custkey and l_orderkey = o_orderkey and l_returnflag = 'R' and c_nationkey = n_nationkey
group by c_custkey, c_name, c_acctbal, n_name order by revenue desc, c_custkey limit 20

-- # shipping modes
select l_shipmode, sum(case when o_orderpriority = '1-URGENT' or o_orderpriority = '2-HIGH' then 1 else 0 end) as high_line_count, sum(case when o_orderpriority <> '1-URGENT' and o_orderpriority <> '2-HIGH' then 1 else 0 end) as low_line_count
from orders, lineitem where o_orderkey = l_orderkey and l_shipmode in ('MAIL', 'SHIP') and l_commitdate < l_receiptdate and l_shipdate < l_commitdate
group by l_shipmode order by l_shipmode

-- # distribution of orders over customers
select c_count, count(*) as custdist from (select c_custkey, count(o_orderkey) from customer left outer join orders on c_custkey = o_custkey and o_comment not like '%special%requests%' group by c_custkey) as c_orders (c_custkey, c_count) group by c_count order by custdist desc, c_count desc

-- # promotion effect
select (100.00 * sum(case when p_type like 'PROMO%' then l_extendedprice * (1 - l_discount) else 0 end) / sum(l_extendedprice * (1 - l_discount)))::numeric(20,8) as promo_revenue from lineitem, part where l_partkey = p_partkey

-- # top supplier
with revenue (supplier_no, total_revenue) as (select l_suppkey, sum(l_extendedprice * (1 - l_discount)) from lineitem group by l_suppkey)
select s_suppkey, s_name, total_revenue from supplier, revenue where s_suppkey = supplier_no and total_revenue = (select max(total_revenue) from revenue) order by s_suppkey

-- # small quantities
select count(*), sum(l_extendedprice) from lineitem l, part p where p_partkey = l_partkey and p_container in ('SM CASE', 'MED BOX') and l_quantity < (select 0.5 * avg(l_quantity) from lineitem)

-- # large orders
select o_orderkey, o_orderdate, o_totalprice, sum(l_quantity) from orders, lineitem
where o_orderkey in (select l_orderkey from lineitem group by l_orderkey having sum(l_quantity) > 250) and o_orderkey = l_orderkey
group by o_orderkey, o_orderdate, o_totalprice order by o_totalprice desc, o_orderdate limit 10

-- # customers without orders
select substring(c_phone from 1 for 2) as code, count(*), sum(c_acctbal) from customer
where c_acctbal > (select avg(c_acctbal) from customer where c_acctbal > 0.00) and not exists (select * from orders where o_custkey = c_custkey)
group by code order by code limit 12

select count(*), sum(l_quantity) from lineitem

select l_shipmode, count(*) from lineitem group by l_shipmode order by 2 desc, 1

select l_orderkey, l_linenumber, l_quantity from lineitem where l_orderkey = 1 order by l_linenumber

select * from orders where o_orderkey = 8997

select o_orderkey, count(*) from orders join lineitem on o_orderkey = l_orderkey where o_orderkey = 5 group by o_orderkey

select o_custkey, count(*) from orders group by o_custkey having count(*) > 8 order by 2 desc, 1

select n_regionkey, count(*) from nation group by n_regionkey order by 1

select n_name from nation where n_nationkey = 7

select p_brand, avg(p_retailprice) from part group by p_brand order by 1 limit 5

select p_partkey, p_name from part where p_name ilike '%lavender%' order by p_partkey limit 4

select max(l_receiptdate - l_shipdate), min(l_commitdate), avg(l_receiptdate - l_shipdate) from lineitem

select l_linenumber, avg(l_discount), sum(distinct l_discount) from lineitem group by l_linenumber order by 1

select date_trunc('quarter', o_orderdate) q, count(*), sum(o_totalprice) from orders group by q order by q limit 8

select o_orderstatus, min(o_orderdate), max(o_orderdate) from orders group by 1 order by 1

select l_suppkey, count(*) from lineitem group by l_suppkey order by count(*) desc, l_suppkey limit 5

select count(*) from lineitem l left join part p on p.p_partkey = l.l_partkey where p.p_partkey is null

select c.c_mktsegment, count(distinct c.c_nationkey), count(*) from customer c group by 1 order by 1

select l_orderkey from lineitem group by l_orderkey order by sum(l_extendedprice) desc, 1 limit 3

select trim(n_name) || ':' || n_nationkey from nation order by n_nationkey limit 3

select count(*) from nation n where n_nationkey > (select avg(n_nationkey) from nation x where x.n_regionkey = n.n_regionkey)

select count(*) from campaigns c where monthly_budget > (select avg(monthly_budget) from campaigns x where x.state = c.state)

select o_orderpriority, sum(o_totalprice), count(*) filter (where o_orderstatus = 'F') from orders group by o_orderpriority order by o_orderpriority

-- fetch 10
select l_orderkey, l_linenumber, l_comment from lineitem order by l_orderkey, l_linenumber limit 100

-- fetch 3
select n_nationkey, n_name from nation order by n_nationkey

-- fetch 4
select id, name from ads where company_id = 2 order by id
