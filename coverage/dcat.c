/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dcat.c - DCAT-AP.de 2.0 (dcat-ap.de/def): the mandatory properties, and those that German catalogues search
 * by. Pure. */
#include "coverage/dcat.h"

#include <math.h>
#include <stdlib.h>

#include "lib/base/json_out.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"

#define AUTHORITY "http://publications.europa.eu/resource/authority/"

const char *dcat_missing(const struct open_data_settings *s)
{
    const struct {
        const char *name, *value;
    } needed[] = {{"publisher", s->publisher},
                  {"contact", s->contact},
                  {"contributor_id", s->contributor_id},
                  {"municipality_key", s->municipality_key},
                  {"base_url", s->base_url}};

    for (size_t i = 0; i < ARRAY_LEN(needed); i++)
        if (!needed[i].value || !*needed[i].value)
            return needed[i].name;
    return NULL;
}

static void put_context(struct json_out *j)
{
    json_object_begin(j, "@context");
    json_string(j, "dcat", "http://www.w3.org/ns/dcat#");
    json_string(j, "dct", "http://purl.org/dc/terms/");
    json_string(j, "dcatde", "http://dcat-ap.de/def/dcatde/");
    json_string(j, "foaf", "http://xmlns.com/foaf/0.1/");
    json_string(j, "vcard", "http://www.w3.org/2006/vcard/ns#");
    json_string(j, "locn", "http://www.w3.org/ns/locn#");
    json_string(j, "gsp", "http://www.opengis.net/ont/geosparql#");
    json_string(j, "xsd", "http://www.w3.org/2001/XMLSchema#");
    json_object_end(j);
}

static void put_link(struct json_out *j, const char *key, const char *iri)
{
    json_object_begin(j, key);
    json_string(j, "@id", iri);
    json_object_end(j);
}

static void put_typed(struct json_out *j, const char *key, const char *type, const char *value)
{
    json_object_begin(j, key);
    json_string(j, "@type", type);
    json_string(j, "@value", value);
    json_object_end(j);
}

static void put_german(struct json_out *j, const char *key, const char *text)
{
    json_object_begin(j, key);
    json_string(j, "@language", "de");
    json_string(j, "@value", text);
    json_object_end(j);
}

static void put_time(struct json_out *j, const char *key, ns_t wall)
{
    char text[TIMEX_RFC3339_SIZE];

    timex_rfc3339(wall, text);
    put_typed(j, key, "xsd:dateTime", text);
}

static void put_link_printf(struct json_out *j, const char *key, const char *base, const char *rest)
{
    char *iri = strx_printf("%s%s", base, rest);

    put_link(j, key, iri ? iri : "");
    free(iri);
}

static void put_people(struct json_out *j, const struct open_data_settings *s)
{
    json_object_begin(j, "dct:publisher");
    json_string(j, "@type", "foaf:Organization");
    json_string(j, "foaf:name", s->publisher);
    json_object_end(j);
    json_object_begin(j, "dcat:contactPoint");
    json_string(j, "@type", "vcard:Organization");
    json_string(j, "vcard:fn", s->publisher);
    put_link_printf(j, "vcard:hasEmail", "mailto:", s->contact);
    json_object_end(j);
    put_link(j, "dcatde:contributorID", s->contributor_id);
}

/* The bounding box of the grid in WGS84, and the key of the municipality. */
static void put_where(struct json_out *j, const struct coverage *c, const struct open_data_settings *s)
{
    size_t corners = ((size_t)c->grid.columns + 1) * ((size_t)c->grid.rows + 1);
    double west = INFINITY, south = INFINITY, east = -INFINITY, north = -INFINITY;
    struct buf wkt = BUF_INIT;

    for (size_t i = 0; i < corners && c->grid.cells; i++) {
        west = fmin(west, c->lon[i]);
        east = fmax(east, c->lon[i]);
        south = fmin(south, c->lat[i]);
        north = fmax(north, c->lat[i]);
    }
    put_link_printf(j, "dcatde:politicalGeocodingURI",
                    "http://dcat-ap.de/def/politicalGeocoding/municipalityKey/", s->municipality_key);
    put_link(j, "dcatde:politicalGeocodingLevelURI",
             "http://dcat-ap.de/def/politicalGeocoding/Level/municipality");
    if (!(west <= east))
        return;
    buf_printf(&wkt, "POLYGON((%.6f %.6f,%.6f %.6f,%.6f %.6f,%.6f %.6f,%.6f %.6f))", west, south, east, south,
               east, north, west, north, west, south);
    json_object_begin(j, "dct:spatial");
    json_string(j, "@type", "dct:Location");
    put_typed(j, "dcat:bbox", "gsp:wktLiteral", wkt.data ? wkt.data : "");
    json_object_end(j);
    buf_fini(&wkt);
}

static void put_when(struct json_out *j, const struct coverage *c, ns_t modified)
{
    put_time(j, "dct:modified", modified);
    put_link(j, "dct:accrualPeriodicity", AUTHORITY "frequency/MONTHLY");
    json_object_begin(j, "dct:temporal");
    json_string(j, "@type", "dct:PeriodOfTime");
    put_time(j, "dcat:startDate", c->from);
    put_time(j, "dcat:endDate", c->to);
    json_object_end(j);
}

static void put_distributions(struct json_out *j, const struct open_data_settings *s, ns_t modified)
{
    static const struct {
        const char *file, *format, *media, *title;
    } files[] = {{"coverage.gpkg", "GPKG", "application/geopackage+sqlite3", "GeoPackage"},
                 {"coverage.geojson", "GEOJSON", "application/geo+json", "GeoJSON"},
                 {"coverage.csv", "CSV", "text/csv", "CSV je 100-m-Zelle"},
                 {"coverage.tif", "TIFF", "image/tiff", "GeoTIFF (COG)"},
                 {"coverage.kml", "KML", "application/vnd.google-earth.kml+xml", "KML"}};

    json_array_begin(j, "dcat:distribution");
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        char *url = strx_printf("%s/%s", s->base_url, files[i].file);
        json_object_begin(j, NULL);
        json_string(j, "@id", url);
        json_string(j, "@type", "dcat:Distribution");
        put_german(j, "dct:title", files[i].title);
        put_link(j, "dcat:accessURL", url);
        put_link(j, "dcat:downloadURL", url);
        put_link_printf(j, "dct:format", AUTHORITY "file-type/", files[i].format);
        put_link_printf(j, "dcat:mediaType", "https://www.iana.org/assignments/media-types/", files[i].media);
        put_link_printf(j, "dct:license", "http://dcat-ap.de/def/licenses/",
                        open_data_license_words[s->license]);
        json_string(j, "dcatde:licenseAttributionByText", s->publisher);
        put_time(j, "dct:modified", modified);
        json_object_end(j);
        free(url);
    }
    json_array_end(j);
}

void dcat_write(const struct coverage *c, const struct open_data_settings *s, ns_t modified, struct buf *out)
{
    struct json_out j;
    char *id = strx_printf("%s/coverage", s->base_url);

    json_init(&j, out);
    json_object_begin(&j, NULL);
    put_context(&j);
    json_string(&j, "@id", id);
    json_string(&j, "@type", "dcat:Dataset");
    put_german(&j, "dct:title", "Versorgung mit öffentlichem WLAN");
    put_german(&j, "dct:description",
               "Versorgung mit öffentlichem WLAN je 100-m-Zelle (EPSG:3035) und im Raster: geplant, und wie "
               "geliefert, also mal "
               "der gemessenen Verfügbarkeit der Access Points. Gerechnet, nicht gemessen; das Modell steht "
               "in den Daten.");
    json_string(&j, "dct:identifier", id);
    free(id);
    json_array_begin(&j, "dcat:theme");
    put_link(&j, NULL, AUTHORITY "data-theme/TECH");
    put_link(&j, NULL, AUTHORITY "data-theme/REGI");
    json_array_end(&j);
    json_array_begin(&j, "dcat:keyword");
    put_german(&j, NULL, "WLAN");
    put_german(&j, NULL, "Hotspot");
    put_german(&j, NULL, "Versorgung");
    json_array_end(&j);
    put_link(&j, "dct:language", AUTHORITY "language/DEU");
    put_people(&j, s);
    put_where(&j, c, s);
    put_when(&j, c, modified);
    put_distributions(&j, s, modified);
    json_object_end(&j);
    buf_str(out, "\n");
}
