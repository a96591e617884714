using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary><c>POST /api/alerts</c> of a running agent.</summary>
public sealed class AlertTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task AnAlertCapturesItsWorkerOnceAndIsAnsweredAtOnce()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, null, "--window", "2s");
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--leak", "20000");
        await agent.WatchesAsync(worker.Id);

        JsonNode first = await PostAsync(agent, Body(worker.Id, "firing"), HttpStatusCode.Accepted);
        JsonNode repeated = await PostAsync(agent, Body(worker.Id, "firing"), HttpStatusCode.Accepted);
        JsonNode resolved = await PostAsync(agent, Body(worker.Id, "resolved"), HttpStatusCode.Accepted);
        JsonNode stranger = await PostAsync(agent, Body(999_999, "firing"), HttpStatusCode.Accepted);
        string id = (string)first["alerts"]![0]!["captureId"]!;
        await agent.EndedAsync(line => (string?)line["captureId"] == id);
        JsonNode report = await agent.GetAsync($"/api/captures/{id}");

        Assert.Equal("captured", (string?)first["alerts"]![0]!["kind"]);
        Assert.Equal("duplicate", (string?)repeated["alerts"]![0]!["kind"]);
        Assert.Equal("resolved", (string?)resolved["alerts"]![0]!["kind"]);
        Assert.Equal("not-matched", (string?)stranger["alerts"]![0]!["kind"]);
        Assert.Equal("alert", (string?)report["trigger"]!["kind"]);
        Assert.Equal("HeapDriftLeakSuspected", (string?)report["trigger"]!["alertName"]);
        Assert.Equal($"e35c8ecb1d6f{worker.Id:x}", (string?)report["trigger"]!["alertFingerprint"]);
        Assert.Single(folder.Captures);
    }

    [Theory]
    [InlineData("", "application/json", 400)]
    [InlineData("{\"alerts\":7}", "application/json", 400)]
    [InlineData("{\"alerts\":[]}", "text/plain", 415)]
    public async Task WhatIsNoNotificationIsRefused(string body, string type, int status)
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path);
        using var content = new StringContent(body, Encoding.UTF8, type);

        using HttpResponseMessage answer = await agent.Client.PostAsync(new Uri("/api/alerts", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.NotEmpty((string)(await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!["error"]!);
    }

    [Fact]
    public async Task BeyondLoopbackTheAgentAsksForCredentials()
    {
        using var folder = new TemporaryFolder();
        ProcessResult refused = await HeapDriftTool.RunAsync("agent", "--urls", "http://0.0.0.0:0", "--output", folder.Path);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("HeapDrift:Alerts:BearerTokenFile", refused.Stderr, StringComparison.Ordinal);

        string file = folder.File("token");
        await File.WriteAllTextAsync(file, Token + "\n", TestContext.Current.CancellationToken);
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, new Dictionary<string, string?> { ["HeapDrift__Alerts__BearerTokenFile"] = file });

        await PostAsync(agent, Body(1, "firing"), HttpStatusCode.Unauthorized);
        agent.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token + "x");
        await PostAsync(agent, Body(1, "firing"), HttpStatusCode.Unauthorized);
        Assert.Contains("credentials", (string?)(await agent.RequestCaptureAsync(1))["error"], StringComparison.Ordinal);
        agent.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        await PostAsync(agent, Body(1, "firing"), HttpStatusCode.Accepted);
    }

    /// <summary>As where a variable of a compose file is not set.</summary>
    [Theory]
    [InlineData("http://0.0.0.0:0", "HeapDrift__Alerts__BasicUser", "", "HeapDrift__Alerts__BasicPassword", "")]
    [InlineData("http://127.0.0.1:0", "Kestrel__Endpoints__Http__Url", "http://0.0.0.0:0", "HeapDrift__Alerts__MostAtOnce", "8")]
    public async Task WhatOnlyLooksLikeCredentialsOrLoopbackIsNoneOfThem(string urls, string name, string value, string other, string otherValue)
    {
        using var folder = new TemporaryFolder();

        ProcessResult refused = await HeapDriftTool.RunAsync(
            new Dictionary<string, string?> { [name] = value, [other] = otherValue }, "agent", "--urls", urls, "--output", folder.Path);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("HeapDrift:Alerts:BearerTokenFile", refused.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoMayNotAskUsesUpNothingOfThoseWhoMay()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(
            folder.Path, new Dictionary<string, string?> { ["HeapDrift__Alerts__BearerToken"] = Token, ["HeapDrift__Alerts__MostPerMinute"] = "1" });

        for (int request = 0; request < 3; request++)
        {
            await PostAsync(agent, Body(1, "firing"), HttpStatusCode.Unauthorized);
        }

        agent.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        await PostAsync(agent, Body(1, "firing"), HttpStatusCode.Accepted);
        await PostAsync(agent, Body(1, "firing"), HttpStatusCode.TooManyRequests);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Host", "rebound.example:9464")]
    public async Task ThePageOfAnotherSiteCannotStartACapture(string header, string value)
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path);
        agent.Client.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        await PostAsync(agent, Body(1, "firing"), HttpStatusCode.Forbidden);
    }

    /// <summary>No crash, memory flat, and the next good notification is answered.</summary>
    [Fact]
    public async Task TenThousandHostileBodiesDoNoHarm()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(
            folder.Path, new Dictionary<string, string?> { ["HeapDrift__Alerts__MostPerMinute"] = "100000" });
        var random = new Random(20261123);
        byte[][] hostile = [.. Enumerable.Range(0, 2_000).Select(_ => HostileBodies.Next(random))];

        await SendAsync(agent, hostile);
        long before = RssOf(agent.Process.Id);
        for (int round = 0; round < 4; round++)
        {
            await SendAsync(agent, hostile);
        }

        await HostileBodies.SendRawAsync(agent.Client.BaseAddress!);
        await PostAsync(agent, Body(1, "firing"), HttpStatusCode.Accepted);
        long after = RssOf(agent.Process.Id);

        // A garbage collection more or less is some ten megabytes; a leak of 8,000 bodies would be hundreds.
        Assert.True(after < before + (64L << 20), $"{before:N0} -> {after:N0}");
        string[] failures = [.. agent.Process.StderrLines.Concat(agent.Process.StdoutLines).Where(line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal))];
        Assert.True(failures.Length == 0, string.Join('\n', failures));
    }

    private static async Task SendAsync(AgentProcess agent, byte[][] bodies)
    {
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (body, cancellationToken) =>
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage answer = await agent.Client.PostAsync(new Uri("/api/alerts", UriKind.Relative), content, cancellationToken);
            Assert.InRange((int)answer.StatusCode, 202, 429);
        });
    }

    private static long RssOf(int pid) => new ProcFileSystem().TryReadStatus(pid).Value!.RssBytes!.Value;

    private static async Task<JsonNode> PostAsync(AgentProcess agent, string body, HttpStatusCode expected)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await agent.Client.PostAsync(new Uri("/api/alerts", UriKind.Relative), content, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == answer.StatusCode, $"{answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    private static string Body(int pid, string status) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {"version":"4","status":"{{status}}","truncatedAlerts":0,"alerts":[{"status":"{{status}}","labels":{"alertname":"HeapDriftLeakSuspected","process_pid":"{{pid}}"},
        "annotations":{},"startsAt":"2026-11-22T20:34:50.613Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"e35c8ecb1d6f{{pid:x}}"}]}
        """);
}
