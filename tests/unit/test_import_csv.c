/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_import_csv.c - tables as people and spreadsheets write them. */
#include "tests/unit/cmocka_tests.h"

#include "cli/import_csv.h"

static struct draft *read_table(const char *text, enum err expected)
{
    struct draft *draft;

    assert_ok(draft_new(&draft));
    assert_int_equal(import_csv(draft, "t.csv", text, strlen(text)), expected);
    return draft;
}

static void assert_remark(const struct draft *draft, size_t i, const char *where, const char *part)
{
    assert_true(i < draft->remark_count);
    assert_string_equal(draft->remarks[i].where, where);
    if (!strstr(draft->remarks[i].text, part))
        fail_msg("\"%s\" is not in \"%s\"", part, draft->remarks[i].text);
}

static void assert_lido(const struct draft *draft)
{
    const struct draft_item *item = draft_find(draft, INVENTORY_SITE, "lido");
    const struct site *s = item ? item->values : NULL;

    assert_non_null(s);
    assert_int_equal(draft->remark_count, 0);
    assert_string_equal(s->name, "Freibad, \"groß\"");
    assert_string_equal(s->district, "glashuette");
    assert_int_equal(s->kind, SITE_PUBLIC);
    assert_true(s->lat == 53.7145 && s->lon == 10.0265);
}

static void english_with_commas_and_german_with_semicolons_mean_the_same(void **state)
{
    static const char *const tables[] = {
        "id,name,district,kind,lat,lon\n"
        "lido,\"Freibad, \"\"groß\"\"\",glashuette,public,53.7145,10.0265\n",
        "\xef\xbb\xbfKennung;Bezeichnung;Stadtteil;Art;Breite;Länge\r\n"
        "lido;\"Freibad, \"\"groß\"\"\";Glashütte;öffentlich;53,7145;10,0265\r\n",
        "lon , lat,kind,  DISTRICT,Name,ID\n\n"
        " 10.0265,53.7145,public,Glashütte,\"Freibad, \"\"groß\"\"\" ,lido",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        struct draft *draft = read_table(tables[i], ERR_OK);
        assert_lido(draft);
        draft_free(draft);
    }
}

static void the_columns_say_what_a_table_holds_and_a_type_column_overrides(void **state)
{
    struct draft *draft =
        read_table("id,address,uplink,core\ncore,192.0.2.1,,ja\nsw,192.0.2.2,core,nein\n", ERR_OK);
    const struct draft_item *sw = draft_find(draft, INVENTORY_DEVICE, "sw");

    (void)state;
    assert_non_null(sw);
    assert_int_equal(sw->ref_count, 1);
    assert_string_equal(sw->refs[0].field, "uplink");
    assert_string_equal(sw->refs[0].key, "core");
    assert_true(((const struct device *)draft->items[0]->values)->is_core);
    draft_free(draft);
    draft = read_table("id;gerät;ort\nhs-1;ap-1;lido\n", ERR_OK);
    assert_non_null(draft_find(draft, INVENTORY_HOTSPOT, "hs-1"));
    draft_free(draft);
    draft =
        read_table("typ;id;von;nach;adresse\nverbindung;l1;a;b;\nGerät;a;;;192.0.2.1\nhaus;x;;;\n", ERR_OK);
    assert_non_null(draft_find(draft, INVENTORY_LINK, "l1"));
    assert_non_null(draft_find(draft, INVENTORY_DEVICE, "a"));
    assert_remark(draft, 0, "t.csv:4:1", "type: expected site, device, hotspot or link");
    draft_free(draft);
}

static void a_wrong_cell_refuses_its_row_and_says_where_it_stands(void **state)
{
    struct draft *draft = read_table("id,name,lat,lon\n"
                                     "a,\"zwei\nZeilen\",53.7,200\n"
                                     "B B,ä,53.7,10\n"
                                     "c,C,53.7\n"
                                     "d,D,53.7,10\n"
                                     "d,D,53.7,10\n"
                                     ",,53.7,10\n",
                                     ERR_OK);

    (void)state;
    assert_remark(draft, 0, "t.csv:3:14", "lon: expected a number from -180 to 180, not \"200\"");
    assert_remark(draft, 1, "t.csv:5:1", "expected 4 cells as in the first row, found 3");
    assert_remark(draft, 2, "t.csv:7:1", "the site \"d\" stands further up already");
    assert_remark(draft, 3, "t.csv:8:1", "expected an id or a name");
    assert_int_equal(draft->remark_count, 4);
    assert_true(draft_find(draft, INVENTORY_SITE, "a")->is_refused);
    assert_false(draft_find(draft, INVENTORY_SITE, "d")->is_refused);
    draft_free(draft);
}

static void columns_that_nobody_knows_are_named_not_dropped_in_silence(void **state)
{
    struct draft *draft = read_table("id;address;name;Farbe;ip\nsw;192.0.2.1;S;rot;192.0.2.9\n", ERR_OK);
    const struct draft_item *sw = draft_find(draft, INVENTORY_DEVICE, "sw");

    (void)state;
    assert_remark(draft, 0, "t.csv:1:17", "there is no column \"Farbe\"");
    assert_remark(draft, 1, "t.csv:1:23", "means address, which stands here already");
    assert_string_equal(((const struct device *)sw->values)->address, "192.0.2.1");
    draft_free(draft);
}

static void a_file_that_is_no_table_in_utf_8_is_refused_as_a_whole(void **state)
{
    static const struct {
        const char *text, *where, *part;
    } cases[] = {
        {"", "t.csv:1:1", "expected a first row"},
        {"name\nGr\xfc\xdf"
         "e\n",
         "t.csv:2:3", "expected UTF-8"},
        {"farbe,form\n", "t.csv:1:1", "expected a column id or name"},
        {"name\n\"offen\n\n", "t.csv:2:1", "expected the closing \""},
        {"name\n\"zu\"x\n", "t.csv:2:1", "expected the closing \""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct draft *draft = read_table(cases[i].text, ERR_MALFORMED);
        assert_remark(draft, draft->remark_count - 1, cases[i].where, cases[i].part);
        draft_free(draft);
    }
}

static void the_guard_of_a_spreadsheet_is_taken_off(void **state)
{
    struct draft *draft = read_table("id,name,lat,lon\na,'=SUM(A1),53.7,10\nb,'n Abend,53.7,10\n", ERR_OK);

    (void)state;
    assert_string_equal(((struct site *)draft->items[0]->values)->name, "=SUM(A1)");
    assert_string_equal(((struct site *)draft->items[1]->values)->name, "'n Abend");
    draft_free(draft);
}

RUN_TESTS("import_csv", cmocka_unit_test(english_with_commas_and_german_with_semicolons_mean_the_same),
          cmocka_unit_test(the_columns_say_what_a_table_holds_and_a_type_column_overrides),
          cmocka_unit_test(a_wrong_cell_refuses_its_row_and_says_where_it_stands),
          cmocka_unit_test(columns_that_nobody_knows_are_named_not_dropped_in_silence),
          cmocka_unit_test(a_file_that_is_no_table_in_utf_8_is_refused_as_a_whole),
          cmocka_unit_test(the_guard_of_a_spreadsheet_is_taken_off))
