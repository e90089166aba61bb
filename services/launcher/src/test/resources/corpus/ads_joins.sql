select c.name, count(*) from companies c join campaigns p on p.company_id = c.id group by c.name order by c.name

select a.name, c.name from ads a join campaigns c on a.company_id = c.company_id and a.campaign_id = c.id where a.company_id = 5 order by a.id limit 10

select c.id, a.id from campaigns c join ads a using (company_id) where company_id = 3 and a.campaign_id = c.id order by 1, 2 limit 6

select co.name, ca.name, count(cl.id) from companies co join campaigns ca on ca.company_id = co.id join ads a on a.company_id = ca.company_id and a.campaign_id = ca.id join clicks cl on cl.company_id = a.company_id and cl.ad_id = a.id where co.id = 7 group by co.name, ca.name order by 3 desc, 2 limit 5

select co.id, count(cl.id) from companies co left join clicks cl on cl.company_id = co.id and cl.clicked_at > '2017-06-12' group by co.id order by co.id

select co.id, count(*) from companies co, impressions i where i.company_id = co.id and co.name < 'M' group by co.id order by co.id

select a.company_id, a.id from ads a left join clicks cl on cl.company_id = a.company_id and cl.ad_id = a.id where cl.id is null order by 1, 2 limit 20

select count(*) from clicks cl right join ads a on cl.company_id = a.company_id and cl.ad_id = a.id and cl.user_data ->> 'location' = 'FR'

select count(*), count(a.id), count(c.id) from ads a full join campaigns c on a.company_id = c.company_id and a.campaign_id = c.id and c.state = 'running'

-- # not on the distribution column
select a.id, b.id from companies a join companies b on a.name < b.name where a.id = 1 order by 1, 2

select count(*) from campaigns a join ads b on a.id = b.campaign_id

select count(*) from companies c cross join nation n

select n.n_name, count(*) from customer c join nation n on n.n_nationkey = c.c_nationkey group by n.n_name order by 2 desc, 1

select n.n_name, c.c_name from nation n left join customer c on c.c_nationkey = n.n_nationkey and c.c_acctbal > 9900 order by 1, 2

select n.n_name, s.s_name from nation n join supplier s on s.s_suppkey = n.n_nationkey order by 1

select c.name, n.note from companies c join local_notes n on n.company_id = c.id order by c.id, n.id

select n.id, n.note, p.p_name from local_notes n join part p on p.p_partkey = n.id order by n.id limit 5

select count(*) from local_notes n left join ads a on a.company_id = n.company_id

select * from (select company_id, count(*) as n from ads group by company_id) x join companies c on c.id = x.company_id order by c.id

select c.id, t.name from companies c cross join lateral (select name from ads a where a.company_id = c.id order by id limit 2) t order by c.id, t.name

select c.id, t.n from companies c left join lateral (select count(*) as n from clicks cl where cl.company_id = c.id and cl.ad_id = 1) t on true order by 1

select c.id, g from companies c, generate_series(1, 3) g order by c.id, g

select c.id, u from campaigns c, unnest(array['x', 'y']) u where c.company_id = 4 order by 1, 2 limit 6

select count(*) from ads a natural join campaigns c

select c1.company_id, c1.id, c2.id from campaigns c1 join campaigns c2 on c1.company_id = c2.company_id and c1.id < c2.id and c1.state = c2.state where c1.company_id in (1, 2) order by 1, 2, 3 limit 10

select count(*) from companies a join companies b on a.id = b.id + 1

select x.id, y.id from (select id from companies where id < 4) x full outer join (select id from companies where id > 2) y on x.id = y.id order by 1, 2

select k, v.name from (values (1, 'one'), (5, 'five')) w(k, t) join companies v on v.id = w.k order by k

select o.o_orderpriority, count(*) from orders o join lineitem l on l.l_orderkey = o.o_orderkey where l.l_commitdate < l.l_receiptdate group by 1 order by 1

select u.user_id, count(*), sum(e.value_2) from users_table u join events_table e using (user_id) group by u.user_id order by 1

select u.user_id, max(e.value_3) from users_table u, events_table e where u.user_id = e.user_id and u.value_1 = e.event_type group by 1 order by 1

select count(*) from users_table u join events_table e on u.value_1 = e.event_type

select c.name, n.n_name from companies c join nation n on n.n_nationkey = c.id where c.id = 4
