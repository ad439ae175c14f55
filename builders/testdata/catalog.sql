-- Everything that somebody made in a database: the extensions, then what they did
-- not bring to the schema public: the relations, and below each its columns in
-- order, its constraints and its indexes.
SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY extname;

WITH relations AS (
    SELECT oid, relname, relkind
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace
      AND relkind NOT IN ('i', 'I')
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
), catalog AS (
    SELECT oid, 0 AS section, '' AS place,
           CASE relkind WHEN 'r' THEN 'table' ELSE 'relation of kind ' || relkind::text END || ' ' || relname AS line
    FROM relations
    UNION ALL
    SELECT attrelid, 1, to_char(attnum, '0000'),
           '  column ' || attname || ' ' || format_type(atttypid, atttypmod)
           || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
           || COALESCE(' DEFAULT ' || pg_get_expr(adbin, adrelid), '')
    FROM pg_attribute
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attnum > 0 AND NOT attisdropped
    UNION ALL
    -- PostgreSQL 18 lists NOT NULL here too; the column says it already.
    SELECT conrelid, 2, conname, '  constraint ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint
    WHERE contype <> 'n'
    UNION ALL
    SELECT indrelid, 3, indexrelid::regclass::text, '  index ' || pg_get_indexdef(indexrelid)
    FROM pg_index
)
SELECT line
FROM catalog
JOIN relations USING (oid)
ORDER BY relname COLLATE "C", section, place COLLATE "C";
