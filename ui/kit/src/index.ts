// The kit: what every screen shares and nothing of contact centres.
export {};
