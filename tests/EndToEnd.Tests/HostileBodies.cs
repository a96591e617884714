using System.Net.Sockets;
using System.Text;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>What nobody should send to a webhook.</summary>
internal static class HostileBodies
{
    private const string Good = """
        {"version":"4","alerts":[{"status":"firing","labels":{"alertname":"A","process_pid":"999999"},"startsAt":"2026-11-22T20:34:50.613Z","fingerprint":"f"}],"truncatedAlerts":0}
        """;

    public static byte[] Next(Random random) => random.Next(10) switch
    {
        0 => Truncated(random),
        1 => Flipped(random),
        2 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"alerts\":[", random.Next(1, 5_000)))),
        3 => Encoding.UTF8.GetBytes($$"""{"alerts":[{{string.Join(',', Enumerable.Repeat("{}", random.Next(1, 20_000)))}}]}"""),
        4 => Encoding.UTF8.GetBytes($$"""{"alerts":[{"labels":{"a":"{{new string('\\', 2)}}u0000"},"status":"firing","startsAt":"2026-11-22T20:00:00Z"}],"truncatedAlerts":1e999}"""),
        5 => Encoding.UTF8.GetBytes(Good.Replace("2026", "999999999", StringComparison.Ordinal)),
        6 => Encoding.UTF8.GetBytes(Good.Replace("\"A\"", $"\"{new string('x', random.Next(900, 60_000))}\"", StringComparison.Ordinal)),
        7 => Encoding.UTF8.GetBytes(Good.Replace("\"labels\"", "\"labels\":{},\"labels\"", StringComparison.Ordinal)),
        8 => [0xFF, 0xFE, 0x00, .. Encoding.Unicode.GetBytes(Good)],
        _ => Random(random),
    };

    /// <summary>Requests that no HTTP client would make: lying lengths, bodies that never come, garbage.</summary>
    public static async Task SendRawAsync(Uri agent)
    {
        string[] requests =
        [
            "POST /api/alerts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{",
            "POST /api/alerts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{",
            "POST /api/alerts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n{",
            "POST /api/alerts HTTP/1.1\r\n" + new string('a', 40_000),
            "\0\0\0\0",
        ];
        foreach (string request in Enumerable.Repeat(requests, 20).SelectMany(each => each))
        {
            using var client = new TcpClient();
            await client.ConnectAsync(agent.Host, agent.Port);
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        }
    }

    private static byte[] Truncated(Random random) => Encoding.UTF8.GetBytes(Good)[..random.Next(Good.Length)];

    private static byte[] Flipped(Random random)
    {
        byte[] body = Encoding.UTF8.GetBytes(Good);
        for (int flips = 0; flips < 3; flips++)
        {
            body[random.Next(body.Length)] = (byte)random.Next(256);
        }

        return body;
    }

    private static byte[] Random(Random random)
    {
        var body = new byte[random.Next(4_000)];
        random.NextBytes(body);
        return body;
    }
}
