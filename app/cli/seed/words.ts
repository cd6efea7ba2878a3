const words = (text: string) => text.trim().split(/\s+/)

export const FIRST_NAMES = words(`
  Ada Aisha Alejandro Alice Amara Amélie Amir Ana Anders Anja Anton Aroha Astrid Aya Beatriz Ben
  Björn Camille Carlos Charlotte Chen Chiara Chidi Chloé Clara Daan Daniel Daria David Deepa Diego
  Dmitri Edith Elena Elif Elise Emeka Emil Emma Enzo Erik Esther Eva Farah Fatima Felix Finn
  Florence Francesca Frida Gabriel Giulia Grace Hana Hannah Hassan Hiro Hugo Ibrahim Ida Imani Ines
  Ingrid Isaac Isabel Ivan Jakub Jan Jasmine João Johanna Jonas José Julia Jürgen Kai Karin Kateryna
  Kenji Khadija Kofi Lars Laura Layla Leila Léa Leo Lina Linh Louis Lucía Luka Magnus Malik Mara
  María Marek Margaret Mateo Maya Mehmet Mei Mia Miguel Mina Mohammed Nadia Naomi Nia Nikolai Nina
  Noah Noor Nora Oksana Olga Oliver Omar Oscar Paula Pedro Petra Priya Rafael Rania Ravi Renée Rosa
  Ruth Samir Sanne Sara Sebastian Simone Sofia Søren Sven Tariq Tereza Theo Thi Tomas Ulla Valentina
  Vera Viktor Wei Wilhelm Yara Yuki Yusuf Zainab Zoë Zofia
`)

export const LAST_NAMES = words(`
  Abe Achieng Adeyemi Ahmed Ali Almeida Andersen Andersson Bakker Baumann Becker Bianchi Boateng
  Borg Brandt Brown Castro Chen Cohen Conti Costa Cruz Dahl Danso Das Davies Demir Diallo Dijkstra
  Dubois Duarte Dvořák Eriksen Evans Farouk Fernández Ferrari Fischer Fontaine Fournier Fraser Fujita
  García Garnier Gomes González Greco Green Gruber Guerra Gupta Haas Hagen Hall Hansen Haddad Hayashi
  Hernández Hoffmann Horvat Huang Hughes Ibrahim Ito Ivanova Jansen Jensen Johansson Jones Joshi Kaya
  Keller Khan Kim Kimura Klein Kovač Kowalski Kumar Kuznetsov Lambert Larsen Laurent Lee Lehmann
  Lindberg Lombardi López Lovelace Lund Mäkinen Maier Marino Martin Martínez Mbeki Mehta Mendes Meyer
  Moreau Moreno Müller Murphy Mwangi Nakamura Ndiaye Nguyen Nielsen Nowak Nyström Obi Okafor Olsen
  Oliveira Owusu Özdemir Papadopoulos Park Patel Pereira Petrov Popescu Quispe Rahman Ramírez Rao
  Reyes Ricci Rossi Roy Ruiz Saito Salazar Santos Sato Schmidt Schneider Serrano Shah Silva Singh
  Smith Sørensen Stewart Suzuki Svensson Takahashi Tanaka Taylor Torres Tran Usman Vargas Vega Visser
  Vogel Wagner Walker Wang Weber Wójcik Wong Yamamoto Yılmaz Zhang Zimmermann
`)

/** Set aside for examples (RFC 2606): mail to them reaches nobody. */
export const MAIL_HOSTS = ['example.com', 'example.net', 'example.org']

const MOZILLA = 'Mozilla/5.0'
const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const SAFARI = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'

export const USER_AGENTS = [
  `${MOZILLA} (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/138.0.0.0 Safari/537.36`,
  `${MOZILLA} (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0`,
  `${MOZILLA} (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0`,
  `${MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) ${SAFARI} Version/18.5 Safari/605.1.15`,
  `${MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Chrome/138.0.0.0 Safari/537.36`,
  `${MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0`,
  `${MOZILLA} (X11; Linux x86_64) ${WEBKIT} Chrome/137.0.0.0 Safari/537.36`,
  `${MOZILLA} (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${SAFARI} Version/18.5 Mobile/15E148 Safari/604.1`,
  `${MOZILLA} (iPad; CPU OS 18_5 like Mac OS X) ${SAFARI} Version/18.5 Mobile/15E148 Safari/604.1`,
  `${MOZILLA} (Linux; Android 15; Pixel 9) ${WEBKIT} Chrome/138.0.0.0 Mobile Safari/537.36`,
  `${MOZILLA} (Linux; Android 14; SM-S921B) ${WEBKIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
  `${MOZILLA} (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0`,
]
