using System.Net;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests.Page;

/// <summary>What the agent serves to browsers, and to those who try for more.</summary>
public sealed class PageOverHttpTests
{
    [Fact]
    public async Task ThePageComesWithAStrictPolicyAndOnlyItsOwnFilesAreServed()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path);

        foreach ((string path, string type) in new[] { ("/", "text/html"), ("/agent.css", "text/css"), ("/agent.js", "text/javascript") })
        {
            using HttpResponseMessage answer = await agent.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
            string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        }

        Assert.Equal(HttpStatusCode.MethodNotAllowed, await StatusAsync(agent, HttpMethod.Post, "/"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(agent, HttpMethod.Get, "/agent.html.bak"));
    }

    [Fact]
    public async Task TheAgentSaysAtItsStartWhereThePageIs()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path);

        string said = await agent.Process.WaitForLineAsync(line => line.Contains("The agent listens on ", StringComparison.Ordinal), HeapDriftTool.Deadline);

        Assert.Contains(agent.Client.BaseAddress!.Authority, said, StringComparison.Ordinal);
        Assert.Contains(folder.Path, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReportIsServedByItsNameInASandboxAndNothingElseOfTheFolderIs()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("secret.html"), "secret", TestContext.Current.CancellationToken);
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, null, "--window", "1s");
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await agent.WatchesAsync(worker.Id);
        string id = (string)(await agent.RequestCaptureAsync(worker.Id))["captureId"]!;
        await agent.EndedAsync(line => (string?)line["captureId"] == id && (bool?)line["hasReport"] == true);

        using HttpResponseMessage answer = await agent.Client.GetAsync(new Uri($"/captures/{id}/report.html", UriKind.Relative), TestContext.Current.CancellationToken);
        string page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("PlainWorker10", page, StringComparison.Ordinal);
        Assert.StartsWith("sandbox allow-scripts;", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("allow-same-origin", policy, StringComparison.Ordinal);
        foreach (string path in new[]
        {
            "/captures/20260101-000000-1-0000/report.html", "/captures/..%2f/report.html", "/captures/%2e%2e/secret.html", $"/captures/{id}/report.json", $"/captures/{id}%2f../report.html",
        })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(agent, HttpMethod.Get, path));
        }

        // The server itself takes no zeros.
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(agent, HttpMethod.Get, "/captures/%00/report.html"));
    }

    private static async Task<HttpStatusCode> StatusAsync(AgentProcess agent, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        using HttpResponseMessage answer = await agent.Client.SendAsync(request);
        return answer.StatusCode;
    }
}
