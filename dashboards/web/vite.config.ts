// SPDX-License-Identifier: GPL-3.0-or-later
// vite.config.ts - how the bundle is built. Nothing is inlined into HTML or CSS by us: the pages run under a strict
// content security policy (script-src 'self', style-src 'self').
import { defineConfig } from "vitest/config";

// The server that a development server forwards to: a running dashboard or tests/web/mock.mjs.
const server = process.env["NETZWACHT_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/",
  build: {
    outDir: process.env["NETZWACHT_WEB_OUT"] ?? "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { "/api": server, "/status": server } },
  test: { include: ["test/**/*.test.ts"] },
});
