<?php
/**
 * REST routes of an SEO plugin, repaired: each route carries the roles that may use it, so that the permission belongs
 * to the route that matched and not to a second reading of the path; no roles, no access.
 */

const PREFIX = '/wp-json/seo/v1';

$users = json_decode(file_get_contents(__DIR__ . '/../users.json'), true);
$posts = json_decode(file_get_contents(__DIR__ . '/../posts.json'), true);

function current_role(array $users): ?string
{
    $user = $users[$_SERVER['PHP_AUTH_USER'] ?? ''] ?? null;
    if ($user && password_verify($_SERVER['PHP_AUTH_PW'] ?? '', $user['password'])) {
        return $user['role'];
    }
    return null;
}

function htaccess_file(): string
{
    return getenv('LAB_HOME') . '/.htaccess';
}

function get_htaccess(): array
{
    $file = htaccess_file();
    return [200, ['content' => is_file($file) ? file_get_contents($file) : '']];
}

function save_htaccess(): array
{
    $body = json_decode(file_get_contents('php://input'), true);
    if (!is_string($body['content'] ?? null)) {
        return [400, ['error' => 'the content is missing']];
    }
    file_put_contents(htaccess_file(), $body['content']);
    return [200, ['content' => $body['content']]];
}

function get_score(array $match, array $posts): array
{
    $post = $posts[$match[1]] ?? null;
    return $post ? [200, ['postId' => (int) $match[1]] + $post] : [404, ['error' => 'no such post']];
}

const MEMBERS = ['administrator', 'editor', 'author', 'subscriber'];

$routes = [
    ['GET',  '/htaccess',          ['administrator'], fn () => get_htaccess()],
    ['POST', '/htaccess',          ['administrator'], fn () => save_htaccess()],
    ['GET',  '/posts/(\d+)/score', MEMBERS,           fn ($match) => get_score($match, $posts)],
    ['GET',  '/ping',              MEMBERS,           fn () => [200, ['plugin' => 'seo', 'version' => '4.1.6']]],
];

function dispatch(array $routes, array $users): array
{
    $path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
    if (stripos($path, PREFIX) !== 0) {
        return [404, ['error' => 'no such page']];
    }
    $route = substr($path, strlen(PREFIX));
    foreach ($routes as [$method, $pattern, $roles, $handler]) {
        if ($method !== $_SERVER['REQUEST_METHOD'] || !preg_match("@^$pattern$@i", $route, $match)) {
            continue;
        }
        $role = current_role($users);
        if (!in_array($role, $roles, true)) {
            return $role ? [403, ['error' => 'not allowed']] : [401, ['error' => 'sign in first']];
        }
        return $handler($match);
    }
    return [404, ['error' => 'no such route']];
}

[$status, $answer] = dispatch($routes, $users);
http_response_code($status);
header('Content-Type: application/json; charset=UTF-8');
echo json_encode($answer, JSON_UNESCAPED_SLASHES);
