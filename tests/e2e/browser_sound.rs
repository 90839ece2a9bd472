//! The customer's browser on the virtual devices, before any of the product takes part: when this
//! fails, the machine is to blame and not Warmline.

use super::case;
use anyhow::{Result, ensure};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::Duration;
use system_tests::customer::Customer;
use system_tests::likeness::{SAME, likeness};
use system_tests::speech::Speech;

/// Plays the microphone through a pair of peer connections; no echo cancelling, as it is all echo.
const PAGE: &str = "<!doctype html><body data-stage='idle'><script>
(async () => {
  const microphone = await navigator.mediaDevices.getUserMedia({audio: {
    echoCancellation: false, noiseSuppression: true, autoGainControl: true}});
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  near.onicecandidate = ({candidate}) => candidate && far.addIceCandidate(candidate);
  far.onicecandidate = ({candidate}) => candidate && near.addIceCandidate(candidate);
  far.ontrack = ({streams}) => {
    const player = document.createElement('audio');
    player.srcObject = streams[0];
    player.onplaying = () => { document.body.dataset.stage = 'talking'; };
    player.autoplay = true;
    document.body.append(player);
  };
  microphone.getTracks().forEach((track) => near.addTrack(track, microphone));
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription);
})().catch((error) => { document.body.innerText = String(error); });
</script>";

/// Serves [`PAGE`] to one browser after another, on loopback as a microphone demands.
fn serve() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let reader = connection.try_clone().map(BufReader::new);
            let Ok(reader) = reader else { continue };
            let _request = reader.lines().map_while(Result::ok).find(String::is_empty);
            let _sent = write!(
                connection,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n{PAGE}",
                PAGE.len()
            );
        }
    });
    Ok(port)
}

#[test]
fn the_browser_hears_and_speaks_through_the_virtual_devices() -> Result<()> {
    case("browser-sound", |run| {
        let said = Speech::of_customer(run)?;
        let customer = Customer::start(run)?;
        customer
            .page()
            .go(&format!("http://127.0.0.1:{}/", serve()?))?;
        customer.wait_stage(&["talking"], Duration::from_secs(20))?;
        let recording = customer.sound().listen(run)?;
        let since = recording.now();
        customer.sound().say(run, &said)?;
        let heard = recording.since_with_tail(since)?;
        let found = likeness(&heard, &said);
        println!("through the browser's own path: {:.3}", found);
        ensure!(found > SAME + 0.1, "the likeness is only {:.2}", found);
        Ok(())
    })
}
