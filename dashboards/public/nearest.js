// SPDX-License-Identifier: GPL-3.0-or-later
// nearest.js - the nearest hotspot that works. The position is asked for when the button is pressed, and stays here: the list is
// loaded whole, and searched in the browser. Without script the button is not there, and the lists by district and letter say it all.
"use strict";

(() => {
  const box = document.getElementById("nearest");
  if (!box || !navigator.geolocation) return;
  const german = document.documentElement.lang === "de";
  const say = box.querySelector("[role=status]");
  const words = german
    ? {
        wait: "Standort wird ermittelt …",
        denied: "Ohne Standort geht es nicht. Die Listen nach Stadtteil und Buchstabe zeigen alle Hotspots.",
        none: "Zurzeit ist kein Hotspot nutzbar.",
        failed: "Die Liste der Hotspots konnte nicht geladen werden.",
        away: (meters) => (meters < 1000 ? `etwa ${Math.round(meters / 10) * 10} m entfernt` : `etwa ${(meters / 1000).toFixed(1).replace(".", ",")} km entfernt`),
      }
    : {
        wait: "Finding your position …",
        denied: "This needs your position. The lists by district and letter show all hotspots.",
        none: "No hotspot works at the moment.",
        failed: "The list of hotspots could not be loaded.",
        away: (meters) => (meters < 1000 ? `about ${Math.round(meters / 10) * 10} m away` : `about ${(meters / 1000).toFixed(1)} km away`),
      };

  // Equirectangular: a city is small.
  const meters = (a, b) => {
    const radians = Math.PI / 180;
    const x = (b.lon - a.lon) * radians * Math.cos(((a.lat + b.lat) / 2) * radians);
    return 6371000 * Math.hypot(x, (b.lat - a.lat) * radians);
  };

  const show = (items, here) => {
    const near = items
      .filter((h) => h.state === "usable" || h.state === "degraded")
      .map((h) => ({ ...h, away: meters(here, h) }))
      .sort((a, b) => a.away - b.away)
      .slice(0, 3);
    say.textContent = "";
    if (!near.length) say.textContent = words.none;
    const list = document.createElement("ol");
    for (const h of near) {
      const item = document.createElement("li");
      item.textContent = [h.name, h.district, words.away(h.away)].filter(Boolean).join(", ");
      list.append(item);
    }
    if (near.length) say.append(list);
  };

  const search = async (here) => {
    try {
      const answer = await fetch("hotspots.json");
      if (!answer.ok) throw new Error(String(answer.status));
      show((await answer.json()).items, { lat: here.coords.latitude, lon: here.coords.longitude });
    } catch {
      say.textContent = words.failed;
    }
  };

  box.hidden = false;
  box.querySelector("button").addEventListener("click", () => {
    say.textContent = words.wait;
    navigator.geolocation.getCurrentPosition(search, () => {
      say.textContent = words.denied;
    }, { maximumAge: 60000, timeout: 20000 });
  });
})();
