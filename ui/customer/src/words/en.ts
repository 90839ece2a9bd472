// English.

import { roundedWait, wholeLimit } from "./spans";
import type { Words } from "./words";

const ORDINALS: Readonly<Record<string, string>> = { one: "st", two: "nd", few: "rd" };
const RULES = new Intl.PluralRules("en", { type: "ordinal" });

const OPENS = new Intl.DateTimeFormat("en-GB", { weekday: "long", hour: "2-digit", minute: "2-digit" });

export const en: Words = {
  language: "Language",
  close: "Minimise",
  connecting: "Connecting…",
  greet: (name) => (name === null ? "Talk to us" : `Welcome back, ${name}`),
  explain: "Call us right from this page. It costs nothing and needs no app.",
  microphoneTitle: "Your microphone",
  microphoneWhy: "When you call, your browser asks to use it. It stays off until somebody answers.",
  recordingWhy: "We may record this call to check what was agreed. That is up to you: without your yes, nothing is recorded.",
  recordingAllow: "Yes, this call may be recorded",
  recorded: "This call is recorded",
  recordingPaused: "Recording paused",
  name: "Name",
  phone: "Phone",
  email: "E-mail",
  topic: "What is it about?",
  optional: "optional",
  topicHint: "Whoever answers will have read this.",
  call: "Call now",
  askingMicrophone: "Please allow the microphone…",
  calling: "Calling…",
  cancel: "Cancel",
  leave: "Leave",
  place: (position) => `${position}${ORDINALS[RULES.select(position)] ?? "th"}`,
  inLine: "in line",
  about: (wait) => `about ${wait}`,
  noExpectation: "we answer as soon as we can",
  duration: (ms) => {
    const wait = roundedWait(ms);
    if (wait === null) return "a few seconds";
    const parts = [wait.minutes > 0 ? `${wait.minutes} min` : "", wait.seconds > 0 ? `${wait.seconds} s` : ""];
    return parts.filter((part) => part !== "").join(" ");
  },
  ringing: "You’re next",
  ringingNote: "Connecting you now…",
  waitNote: "Keep this page open. You keep your place even if the connection drops.",
  read: "Whoever answers will have read this.",
  microphoneReady: "Microphone ready, still off",
  microphoneAsking: "Waiting for the microphone…",
  microphoneOff: "No microphone",
  musicOn: "Play music",
  musicOff: "Stop the music",
  progress: "Progress in the queue",
  talkingWith: (agent) => `Talking with ${agent}`,
  connectingVoice: "Connecting the sound…",
  mute: "Mute",
  unmute: "Unmute",
  muted: "You are muted",
  hangUp: "Hang up",
  passedOn: (from, to) => `${from} is passing you on to ${to}. You need not explain again; they will have read everything.`,
  joined: (name) => `${name} has joined and hears you, too.`,
  held: "You are on hold. Nobody can hear you; it goes on in a moment.",
  agentAway: (agent) => `${agent}’s connection is interrupted. Please stay on the line.`,
  linkLostWaiting: "Connection lost. You keep your place; reconnecting…",
  linkLostTalking: "Connection to the server lost. You can go on talking; reconnecting…",
  ending: "Ending the call…",
  pathInterrupted: "The sound is interrupted. Reconnecting…",
  level: "Your microphone’s level",
  quality: {
    unknown: "Connected",
    clear: "Clear",
    fair: "Your connection is a little unsteady",
    poor: "Weak connection. Moving closer to your Wi-Fi may help.",
  },
  soundBlocked: "Your browser waits for a tap before it plays sound.",
  soundOn: "Turn on the sound",
  ended: "Thank you for calling",
  endedWaiting: "You have left the queue",
  talkedFor: (duration) => `You talked for ${duration}.`,
  rate: "How was it?",
  star: (stars) => `${stars} of 5`,
  rated: "Thank you. That helps us to get better.",
  again: "Call again",
  retry: "Try again",
  reload: "Reload the page",
  back: "Back",
  useHere: "Use it here",
  listenOnly: "Call and only listen",
  stillTrying: "Still trying by itself…",
  phoneUs: (number) => `Call ${number}`,
  ownTab: "Open in its own tab",
  ownTabWhy: "Your browser lets this site remember nothing: a call ends when you open another page here. In a tab of its own it goes on.",
  brokenOff: "The connection was lost",
  brokenTalk: (agent) =>
    agent === null
      ? "Your call broke off. Come back now, and you are first in line."
      : `Your call with ${agent} broke off. Come back now: you are first in line, and ${agent} is asked first.`,
  brokenWait: "We could not reach your browser, and your place went to the next. Come back now, and it is yours again.",
  comeBack: (agent) => (agent === null ? "Come back" : `Come back to ${agent}`),
  notNeeded: "Not needed any more",
  announcePlace: (place, wait) => (wait === null ? `You are ${place} in line.` : `You are ${place} in line, ${wait}.`),
  keepPlace: "Keep my place and call me back",
  keepPlaceNote: "No time to wait here? Your place in line stays yours.",
  keptTitle: "We keep your place",
  keptShort: "we call you back",
  limit: (ms) => {
    const { hours, minutes } = wholeLimit(ms);
    return hours > 0 ? `${hours} ${hours === 1 ? "hour" : "hours"}` : `${minutes} min`;
  },
  keptNote: (limit) => `When it is your turn, this page rings. You may use other tabs, or close it and come back: your place waits for you up to ${limit}.`,
  nextTry: (wait) => `next try in ${wait}`,
  missedTries: (tries, left) =>
    `We called ${tries === 1 ? "once" : `${tries} times`} and missed you. Your place is kept for ${left === 1 ? "one more try" : `${left} more tries`}.`,
  rings: "This page will ring. Keep your sound on.",
  ringsWithNotice: "This page will ring and show a notification.",
  ringNeedsTap: "Tap anywhere so that this page may ring.",
  hereNow: "I am here: call me now",
  waitOnLine: "Wait on the line",
  givePlaceUp: "Give up my place",
  calledTitle: (agent) => `${agent} is calling you back`,
  calledNote: "It is your turn.",
  calledMicrophone: "When you answer, your microphone opens.",
  secondsLeft: (seconds) => `${seconds} s left`,
  answer: "Answer",
  notNow: "Not now",
  missedTitle: "We could not reach you",
  missedNote: "We kept your place and called, but nobody answered here. Please call again when it suits you.",
  usualWait: (wait) => `At the moment people wait about ${wait}.`,
  opensAt: (at) => `We are here again ${OPENS.format(at)}.`,
  desk: {
    closed: { title: "We are closed at the moment", note: "What you typed is kept. This page notices by itself when we open." },
    full: { title: "All places in line are taken", note: "What you typed is kept. A place is free again as soon as somebody is answered." },
  },
  problems: {
    unsupported: {
      title: "This browser cannot make calls",
      what: "Calls need a current browser.",
      steps: ["Update this browser, or open this page in Chrome, Edge, Firefox or Safari.", "If you opened a link inside another app, choose “Open in browser” in its menu."],
    },
    insecure: {
      title: "This address is not secure",
      what: "Browsers give the microphone only to pages whose address begins with https://.",
      steps: ["Open the same address with https:// in front."],
    },
    bad_address: {
      title: "This address is not complete",
      what: "It does not say whom to call.",
      steps: ["Go back to the site you came from and use its link."],
    },
    unknown_queue: {
      title: "Nobody can be called here",
      what: "This address names no team that takes calls.",
      steps: ["Go back to the site you came from and use its link."],
    },
    unreachable: {
      title: "We cannot be reached",
      what: "Either you are offline, or our side has a hiccup. What you typed is kept.",
      steps: ["Check your internet connection."],
    },
    server_away: {
      title: "We cannot be reached at the moment",
      what: "Your internet connection works; the fault is on our side. What you typed is kept.",
      steps: ["Please try again in a few minutes."],
    },
    link_stripped: {
      title: "Calls do not get through at the moment",
      what: "Your internet connection works; the fault is on our side, and we have been told. What you typed is kept.",
      steps: ["Please try again later."],
    },
    link_blocked: {
      title: "Calls do not get through from here",
      what: "Your internet connection works, but something between you and us stops calls. Networks of companies and hotels sometimes do.",
      steps: ["Try another network, such as your phone’s.", "Or come back later. What you typed is kept."],
    },
    queue_closed: {
      title: "We are closed at the moment",
      what: "Nobody takes calls right now. What you typed is kept.",
      steps: ["Please come back when we are open."],
    },
    queue_full: {
      title: "All places in line are taken",
      what: "As many people wait as we can serve. What you typed is kept.",
      steps: ["Please try again in a few minutes."],
    },
    elsewhere: {
      title: "Open in another tab",
      what: "This page was opened again in another tab or window and goes on there.",
      steps: [],
    },
    outdated: {
      title: "This page is out of date",
      what: "Our side was updated since you opened it.",
      steps: ["Reload the page. Your place and your call are kept."],
    },
    too_many: {
      title: "Too many attempts",
      what: "There were many calls from here in a short time.",
      steps: ["Please wait a minute, then try again."],
    },
    server_trouble: {
      title: "Something went wrong on our side",
      what: "Your call was not placed. What you typed is kept.",
      steps: ["Please try again in a moment."],
    },
    microphone_refused: {
      title: "The microphone is not allowed",
      what: "Without it we could not hear you.",
      steps: ["Click the lock or microphone icon beside the address.", "Set the microphone to “Allow”.", "Come back here and try again."],
    },
    microphone_forbidden: {
      title: "The microphone cannot be used here",
      what: "The site around this page does not let it use your microphone, whatever you allow.",
      steps: ["Open the call in a tab of its own. What you typed comes along."],
    },
    microphone_missing: {
      title: "No microphone was found",
      what: "Without one we could not hear you.",
      steps: ["Plug in a headset or microphone, or switch it on.", "Then try again."],
    },
    microphone_busy: {
      title: "The microphone could not be opened",
      what: "Another program may be using it.",
      steps: ["Close other calls and programs that record sound.", "Then try again."],
    },
  },
};
