const assert = require('assert');
const { Client, Pool } = require('pg');

async function main() {
  const client = new Client();
  await client.connect();
  await client.query('DROP TABLE IF EXISTS node_t');
  await client.query('CREATE TABLE node_t (k int PRIMARY KEY, v jsonb, at timestamptz, n numeric)');
  await client.query("SELECT create_distributed_table('node_t', 'k')");

  const inserted = await client.query(
    'INSERT INTO node_t VALUES ($1, $2, $3, $4) RETURNING k, v', [1, { a: [1, 2] }, new Date(0), '1.50']);
  assert.deepStrictEqual(inserted.rows, [{ k: 1, v: { a: [1, 2] } }]);
  assert.strictEqual(inserted.command, 'INSERT');
  assert.strictEqual(inserted.rowCount, 1);

  for (let k = 2; k <= 20; k++) {
    await client.query({ name: 'insert', text: 'INSERT INTO node_t (k, n) VALUES ($1, $2)', values: [k, k] });
  }
  const one = await client.query({ name: 'one', text: 'SELECT n FROM node_t WHERE k = $1', values: [7] });
  assert.deepStrictEqual(one.rows, [{ n: '7' }]);
  const sum = await client.query('SELECT count(*), sum(n) FROM node_t WHERE k > 1');
  assert.deepStrictEqual(sum.rows, [{ count: '19', sum: '209' }]);
  const several = await client.query('SELECT 1 AS a; SELECT k FROM node_t WHERE k = 3');
  assert.deepStrictEqual(several.map((r) => r.rows), [[{ a: 1 }], [{ k: 3 }]]);

  await client.query('BEGIN');
  await client.query('UPDATE node_t SET n = 0');
  await client.query('ROLLBACK');
  const kept = await client.query('SELECT max(n) FROM node_t');
  assert.strictEqual(kept.rows[0].max, '20');

  await assert.rejects(client.query('INSERT INTO node_t (k) VALUES (1)'), (e) => {
    assert.strictEqual(e.code, '23505');
    assert.strictEqual(e.constraint, 'node_t_pkey');
    assert.strictEqual(e.table, 'node_t');
    return true;
  });
  await assert.rejects(client.query('SELECT nothing FROM node_t'), (e) => e.code === '42703' && e.position === '8');

  const pool = new Pool({ max: 8 });
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => pool.query('SELECT k FROM node_t WHERE k = $1', [(i % 20) + 1])));
  answers.forEach((answer, i) => assert.strictEqual(answer.rows[0].k, (i % 20) + 1));
  await pool.end();

  await client.query('DROP TABLE node_t');
  await client.end();
  console.log('all good');
}

main().catch((e) => {
  console.error(e);
  process.exit(1);
});
