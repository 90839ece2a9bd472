// English.

import { roundedWait } from "./spans";
import type { Words } from "./words";

const ORDINALS: Readonly<Record<string, string>> = { one: "st", two: "nd", few: "rd" };
const RULES = new Intl.PluralRules("en", { type: "ordinal" });

export const en: Words = {
  language: "Language",
  close: "Minimise",
  connecting: "Connecting…",
  greet: (name) => (name === null ? "Talk to us" : `Welcome back, ${name}`),
  explain: "Call us right from this page. It costs nothing and needs no app.",
  microphoneTitle: "Your microphone",
  microphoneWhy: "When you call, your browser asks to use it. It stays off until somebody answers.",
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
  announcePlace: (place, wait) => (wait === null ? `You are ${place} in line.` : `You are ${place} in line, ${wait}.`),
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
    queue_closed: {
      title: "No calls are taken right now",
      what: "We are closed, or everybody is busy and the queue is full.",
      steps: ["Please try again later. What you typed is kept."],
    },
    elsewhere: {
      title: "Open in another tab",
      what: "This call was opened in another tab or window and goes on there.",
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
