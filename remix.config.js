/**
 * Remix's options, in the file that has carried them since Remix 1. Remix's own documentation now
 * keeps them inside the Vite plugin call; vite.config.ts imports this object there.
 *
 * @type {import('@remix-run/dev').VitePluginConfig}
 */
export default {
  appDirectory: 'app',
  ignoredRouteFiles: ['**/*.test.*'],
  serverModuleFormat: 'esm',
  future: {
    v3_fetcherPersist: true,
    // The few routes there are go out as one cached file. Discovering them one by one would have the
    // server match every prefix of every path that anybody names.
    v3_lazyRouteDiscovery: false,
    v3_relativeSplatPath: true,
    v3_singleFetch: true,
    v3_throwAbortReason: true,
    // Without it the first visit in development reloads in the middle.
    unstable_optimizeDeps: true,
  },
}
