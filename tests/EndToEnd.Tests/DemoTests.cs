using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

public sealed class DemoTests
{
    private const int SigInt = 2;

    [Fact]
    public async Task TheDemoNamesTheLeakOfItsShop()
    {
        using var folder = new TemporaryFolder();

        ProcessResult result = await HeapDriftTool.RunAsync("demo", "--output", folder.Path);

        Assert.True(result.ExitCode == 0, result.Stdout + result.Stderr);
        Assert.Contains("held by static Shop.Cache.Sessions.", result.Stdout, StringComparison.Ordinal);
        JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Join(Assert.Single(folder.Captures), "report.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal("Shop.Session", (string?)report["findings"]![0]!["type"]);
        Assert.Equal("signal", (string?)report["trigger"]!["kind"]);

        // What the agent of the demo wrote for itself is gone with it.
        Assert.Equal(folder.Captures, Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task TheDemoThatStaysShowsThePageOfItsAgentAndLeavesNoProcessBehind()
    {
        using var folder = new TemporaryFolder();
        await using ChildProcess demo = HeapDriftTool.Start("demo", "--stay", "--output", folder.Path);
        Uri page = Address(await demo.WaitForLineAsync(line => line.Contains("The agent's page: ", StringComparison.Ordinal), HeapDriftTool.Deadline));
        Uri shop = Address(demo.StdoutLines[0]);
        using var browser = new HttpClient();

        Assert.Contains("<title>", await browser.GetStringAsync(page, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        JsonArray captures = JsonNode.Parse(await browser.GetStringAsync(new Uri(page, "api/captures"), TestContext.Current.CancellationToken))!.AsArray();
        string report = string.Create(CultureInfo.InvariantCulture, $"captures/{Assert.Single(captures)!["captureId"]}/report.html");
        Assert.Contains("Shop.Cache.Sessions", await browser.GetStringAsync(new Uri(page, report), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(new Uri(shop, "health"), TestContext.Current.CancellationToken)).StatusCode);

        demo.Signal(SigInt);
        ProcessExit exit = await demo.WaitForExitAsync(HeapDriftTool.Deadline);

        Assert.Equal(0, exit.Code);
        Assert.Single(folder.Captures);
        await Assert.ThrowsAsync<HttpRequestException>(() => browser.GetAsync(page, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<HttpRequestException>(() => browser.GetAsync(new Uri(shop, "health"), TestContext.Current.CancellationToken));
    }

    private static Uri Address(string line) => new(line[line.IndexOf("http://", StringComparison.Ordinal)..].Trim());
}
