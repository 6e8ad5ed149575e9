// moorline worker --handlers examples/handlers/hello.mjs
// moorline enqueue hello '{"name": "you"}' --wait
export default {
  hello: (job) => ({ greeting: `Hello, ${job.data.name}!` }),
};
